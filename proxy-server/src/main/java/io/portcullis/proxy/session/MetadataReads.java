package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.MetadataColumns;
import io.portcullis.proxy.statement.MetadataRewriter;
import io.portcullis.proxy.statement.MetadataRewriter.MetadataFilters;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Statements of ordinary users that read information_schema: denied as they stand, they are
 * permitted once every table of it is a secured reference (PM 4.3 #42, DESIGN D7). Event loop only.
 */
final class MetadataReads {

  private final CommandPhase phase;
  private final FrontendPort port;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;
  private final ServerFacts facts;

  MetadataReads(
      CommandPhase phase,
      FrontendPort port,
      StatementReader reader,
      Authority authority,
      BackendLease backend,
      ServerFacts facts) {
    this.phase = phase;
    this.port = port;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
    this.facts = facts;
  }

  /**
   * A statement that was denied: goes on with {@code then} if it was for reading metadata alone,
   * and the command in hand, or the handle to be executed, shows only what the subject may see.
   */
  void denied(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Decision.Denied denied,
      Runnable then) {
    List<String> tables = tables(accesses);
    if (tables.isEmpty() || !isSecurable(analysis)) {
      phase.deny(denied);
      return;
    }
    phase.decide(
        besides(accesses),
        0,
        () -> {
          PreparedHandle executed = phase.handle();
          if (executed == null) {
            secure(accesses, tables, denied, then);
          } else if (executed
              .filters()
              .filter(each -> each.holdUnder(conditions(), uncounted()))
              .isPresent()) {
            phase.runsSecured(accesses);
            then.run();
          } else {
            phase.fail(ErrorCode.ER_NEED_REPREPARE.error());
          }
        },
        phase::deny);
  }

  /** The tables of information_schema that are to be secured. */
  static List<String> tables(List<AccessRequest> accesses) {
    return accesses.stream()
        .filter(Authorizer::isMetadata)
        .map(access -> ((RelationName) access.object()).name())
        .toList();
  }

  static boolean isSecurable(StatementAnalysis analysis) {
    return analysis.statement() instanceof ForwardStatement forward
        && switch (forward.kind()) {
          case SELECT, INSERT, REPLACE, UPDATE, DELETE, DO, EXPLAIN -> true;
          default -> false; // a definition would go on showing what its maker saw
        };
  }

  private void secure(
      List<AccessRequest> accesses, List<String> tables, Decision.Denied denied, Runnable then) {
    ByteBuf framed = phase.command();
    Optional<MetadataRewriter.Secured> secured =
        framed == null
            ? Optional.empty()
            : MetadataRewriter.secure(
                framed, reader, backend.mode(), conditions(), columns(), port.allocator());
    if (secured.isEmpty()) {
      phase.deny(denied);
      return;
    }
    MetadataFilters filters = secured.get().filters();
    phase.replaceCommand(secured.get().command(), filters);
    if (tables.stream().allMatch(filters::cover)) {
      phase.runsSecured(accesses);
      then.run();
    } else {
      phase.deny(denied);
    }
  }

  /**
   * Whether the secured form of a statement with these accesses still shows what the subject may
   * see; false also when that cannot be told.
   */
  boolean stillHold(MetadataFilters filters, List<AccessRequest> accesses) {
    return backend.isLeased()
        && tables(accesses).stream().allMatch(filters::cover)
        && filters.holdUnder(conditions(), uncounted());
  }

  /** Those that securing does not concern. */
  static List<AccessRequest> besides(List<AccessRequest> accesses) {
    return accesses.stream().filter(access -> !isTable(access)).toList();
  }

  private static boolean isTable(AccessRequest access) {
    return Authorizer.isMetadata(access) && access.object() instanceof RelationName;
  }

  private MetadataColumns columns() {
    return new MetadataColumns(authority.names(), facts.metadataColumns(), uncounted());
  }

  private Optional<String> uncounted() {
    return authority.uncounted(authority.subject());
  }

  private Function<String, Optional<String>> conditions() {
    return table -> authority.metadataFilter(table, backend.mode().server().flavour());
  }
}
