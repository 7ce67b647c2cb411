package io.portcullis.proxy.session;

import io.portcullis.proxy.statement.Authority;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.RelationName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a statement does to the catalog when temporary tables of the session hide permanent ones:
 * DROP TABLE then drops the temporary table, and the permanent one with its grants stays.
 *
 * @param effects without those that temporary tables take upon themselves
 * @param renamed whether it renames a name that means a temporary table; servers disagree about
 *     which of the two they rename
 */
record TemporaryEffects(List<CatalogEffect> effects, boolean renamed) {

  /**
   * @param database where the statement binds names without one
   */
  static TemporaryEffects of(
      List<CatalogEffect> effects, Authority authority, Optional<String> database) {
    Set<RelationName> dropped =
        effects.stream()
            .filter(CatalogEffect.TemporaryTableDropped.class::isInstance)
            .map(effect -> ((CatalogEffect.TemporaryTableDropped) effect).relation())
            .filter(relation -> authority.isTemporary(relation, database))
            .collect(Collectors.toSet());
    boolean renamed =
        effects.stream()
            .anyMatch(
                effect ->
                    effect instanceof CatalogEffect.RelationRenamed rename
                        && authority.isTemporary(rename.from(), database));
    List<CatalogEffect> remaining =
        effects.stream()
            .filter(
                effect ->
                    !(effect instanceof CatalogEffect.RelationDropped drop
                            && dropped.contains(drop.relation()))
                        && !(effect instanceof CatalogEffect.ColumnsChanged changed
                            && authority.isTemporary(changed.table(), database)))
            .toList();
    return new TemporaryEffects(remaining, renamed);
  }
}
