package io.portcullis.sql.analysis;

import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.CatalogEffect.ColumnsChanged;
import io.portcullis.sql.access.CatalogEffect.DatabaseCreated;
import io.portcullis.sql.access.CatalogEffect.DatabaseDropped;
import io.portcullis.sql.access.CatalogEffect.ProgramAltered;
import io.portcullis.sql.access.CatalogEffect.ProgramDropped;
import io.portcullis.sql.access.CatalogEffect.RelationCreated;
import io.portcullis.sql.access.CatalogEffect.RelationDropped;
import io.portcullis.sql.access.CatalogEffect.RelationRenamed;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableCreated;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableDropped;
import io.portcullis.sql.access.CatalogEffect.ViewRedefined;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The databases a statement was found to touch by name, whether in its text or in a string. */
final class NamedDatabases {

  private NamedDatabases() {}

  static Set<String> of(Statement statement) {
    List<ObjectName> objects = new ArrayList<>();
    if (statement instanceof ForwardStatement forward) {
      add(forward.accesses(), objects);
      forward.effects().forEach(effect -> add(effect, objects));
    } else if (statement instanceof SetVariables set) {
      add(set.accesses(), objects);
    } else if (statement instanceof UseStatement use) {
      objects.add(new DatabaseName(use.database()));
    } else if (statement instanceof PrepareText prepare) {
      return of(prepare.prepared());
    }
    Set<String> names = new LinkedHashSet<>();
    for (ObjectName object : objects) {
      DatabaseName database = databaseOf(object);
      if (!database.isCurrent()) {
        names.add(database.name());
      }
    }
    return names;
  }

  private static void add(List<AccessRequest> accesses, List<ObjectName> objects) {
    accesses.forEach(access -> objects.add(access.object()));
  }

  private static DatabaseName databaseOf(ObjectName object) {
    if (object instanceof DatabaseName database) {
      return database;
    }
    if (object instanceof RelationName relation) {
      return relation.database();
    }
    throw new AssertionError(object);
  }

  private static void add(CatalogEffect effect, List<ObjectName> objects) {
    if (effect instanceof DatabaseCreated created) {
      objects.add(created.database());
    } else if (effect instanceof DatabaseDropped dropped) {
      objects.add(dropped.database());
    } else if (effect instanceof RelationCreated created) {
      objects.add(created.relation());
    } else if (effect instanceof RelationDropped dropped) {
      objects.add(dropped.relation());
    } else if (effect instanceof RelationRenamed renamed) {
      objects.add(renamed.from());
      objects.add(renamed.to());
    } else if (effect instanceof ColumnsChanged changed) {
      objects.add(changed.table());
    } else if (effect instanceof ViewRedefined redefined) {
      objects.add(redefined.view());
    } else if (effect instanceof ProgramDropped dropped) {
      objects.add(dropped.program());
    } else if (effect instanceof ProgramAltered altered) {
      objects.add(altered.program());
    } else if (effect instanceof TemporaryTableCreated created) {
      objects.add(created.relation());
    } else if (effect instanceof TemporaryTableDropped dropped) {
      objects.add(dropped.relation());
    } else {
      throw new AssertionError(effect);
    }
  }
}
