package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.dcl.CatalogSettler;
import io.portcullis.privilege.dcl.PriorObjects;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * DDL that was permitted: sends it, and has the catalog, and what the session knows of temporary
 * tables, follow before the client hears OK. Event loop only.
 */
final class DefinitionStatements {

  static final SqlError RENAMES_TEMPORARY =
      ErrorCode.ER_NOT_SUPPORTED_YET.error(
          "renaming a temporary table is not offered by this gate");

  private final CommandPhase phase;
  private final SessionServices services;
  private final Authority authority;
  private final Offload offload;

  private @Nullable Definition underway;

  DefinitionStatements(
      CommandPhase phase, SessionServices services, Authority authority, Offload offload) {
    this.phase = phase;
    this.services = services;
    this.authority = authority;
    this.offload = offload;
  }

  /**
   * Sends the command in hand, and has the catalog follow.
   *
   * @param all what the statement does, temporary tables or not
   * @param database where it binds names without one
   */
  void run(List<CatalogEffect> all, Optional<String> database) {
    TemporaryEffects temporary = TemporaryEffects.of(all, authority, database);
    if (temporary.renamed()) {
      phase.fail(RENAMES_TEMPORARY);
      return;
    }
    List<CatalogEffect> effects = temporary.effects();
    for (CatalogEffect effect : effects) {
      if (effect instanceof CatalogEffect.TemporaryTableDropped dropped) {
        authority.temporaryTableDropped(dropped.relation(), database);
      }
    }
    if (!CatalogSettler.changesCatalog(effects)) {
      phase.send(
          phase.hold(
              (held, end) -> defined(end.error() ? List.of() : effects, database, held, end)));
    } else if (CatalogSettler.needsPriorObjects(effects)) {
      Subject subject = authority.subject().subject();
      offload.run(
          services.store(),
          () -> services.settler().before(subject, database, effects),
          prior -> send(effects, database, prior));
    } else {
      send(effects, database, PriorObjects.NONE);
    }
  }

  private void send(List<CatalogEffect> effects, Optional<String> database, PriorObjects prior) {
    Subject subject = authority.subject().subject();
    Definition begun = Definition.begin(services);
    underway = begun;
    phase.send(
        phase.hold(
            error -> {
              begun.lost();
              phase.backendFailed(error);
            },
            (held, end) -> {
              underway = null;
              if (end.error()) {
                refused(effects, end, begun);
                defined(List.of(), database, held, end);
                return;
              }
              offload.run(
                  services.store(),
                  () -> {
                    settle(subject, database, effects, prior, begun);
                    return held;
                  },
                  settled -> defined(effects, database, settled, end),
                  () -> {
                    begun.lost();
                    held.discard();
                  });
            }));
  }

  /**
   * A statement that names several objects may have done some of its work before it failed, and so
   * may any that was interrupted, such as DROP DATABASE.
   */
  private static void refused(List<CatalogEffect> effects, ResponseEnd end, Definition begun) {
    if (end.errno() == ErrorCode.ER_QUERY_INTERRUPTED.errno()
        || effects.stream().filter(effect -> !isTemporary(effect)).count() > 1) {
      begun.lost();
    } else {
      begun.settled();
    }
  }

  private static boolean isTemporary(CatalogEffect effect) {
    return effect instanceof CatalogEffect.TemporaryTableCreated
        || effect instanceof CatalogEffect.TemporaryTableDropped;
  }

  /** On the store executor. */
  private void settle(
      Subject subject,
      Optional<String> database,
      List<CatalogEffect> effects,
      PriorObjects prior,
      Definition begun)
      throws StoreException {
    boolean done = false;
    try {
      services.settler().settle(subject, database, effects, prior);
      done = true;
    } finally {
      if (done) {
        begun.settled();
      } else {
        begun.lost();
      }
    }
  }

  private void defined(
      List<CatalogEffect> effects, Optional<String> database, HeldResponse held, ResponseEnd end) {
    follow(effects, database);
    phase.answerHeld(held, end);
  }

  private void follow(List<CatalogEffect> effects, Optional<String> database) {
    for (CatalogEffect effect : effects) {
      if (effect instanceof CatalogEffect.TemporaryTableCreated created) {
        authority.temporaryTableCreated(created.relation(), database);
      } else if (effect instanceof CatalogEffect.DatabaseDropped dropped
          && authority
              .currentDatabase()
              .filter(authority.physical(dropped.database().name())::equalsIgnoreCase)
              .isPresent()) {
        authority.useNone();
      }
    }
  }

  /** The command in hand was not sent. */
  void unsent() {
    Definition begun = underway;
    if (begun != null) {
      underway = null;
      begun.settled();
    }
  }

  /** The session is over: nobody waits for what the backend makes of a statement sent. */
  void close() {
    Definition begun = underway;
    if (begun != null) {
      underway = null;
      begun.lost();
    }
  }
}
