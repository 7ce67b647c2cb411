package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.parser.QueryReader.Source;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.StatementKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a statement was found to touch so far; each access once, in the order found. */
final class Accesses {
  private final Set<AccessRequest> requests = new LinkedHashSet<>();
  private final List<CatalogEffect> effects = new ArrayList<>();

  Accesses add(AccessKind kind, ObjectName object) {
    requests.add(new AccessRequest(kind, object));
    return this;
  }

  /** Everything a query reads. */
  Accesses reads(QueryReading reading) {
    for (Source source : reading.sources()) {
      source.relation().ifPresent(relation -> add(AccessKind.SELECT, relation));
    }
    return readsInside(reading);
  }

  /** What it reads besides its outermost FROM. */
  Accesses readsInside(QueryReading reading) {
    for (RelationName relation : reading.others()) {
      add(AccessKind.SELECT, relation);
    }
    for (RelationName function : reading.functions()) {
      add(AccessKind.EXECUTE_FUNCTION, function);
    }
    for (RelationName sequence : reading.sequences()) {
      add(AccessKind.INSERT, sequence);
    }
    return this;
  }

  Accesses addAll(List<AccessRequest> all) {
    requests.addAll(all);
    return this;
  }

  Accesses effect(CatalogEffect effect) {
    effects.add(effect);
    return this;
  }

  List<AccessRequest> requests() {
    return List.copyOf(requests);
  }

  ForwardStatement forward(StatementKind kind) {
    return new ForwardStatement(kind, requests(), effects);
  }
}
