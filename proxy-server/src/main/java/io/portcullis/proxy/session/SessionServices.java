package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.dcl.CatalogSettler;
import io.portcullis.privilege.dcl.DclExecutor;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ProvenanceStore;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.proxy.statement.BackendObjects;
import io.portcullis.proxy.statement.ObjectLookup;
import io.portcullis.sql.analysis.StatementAnalyzer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What all sessions share. Everything in it is thread safe; what blocks is called on {@code store}
 * only, and work of more than some microseconds on {@code analysis}. Both executors are bounded and
 * throw {@link java.util.concurrent.RejectedExecutionException} when full.
 *
 * @param outcomeUnknown called when DDL was sent and its answer was lost: the catalog is compared
 *     with the backend. Does not block
 */
public record SessionServices(
    SessionSettings settings,
    LoginServices login,
    ServerFacts facts,
    SessionRegistry registry,
    Supplier<Duration> uptime,
    StatementAnalyzer analyzer,
    Authorizer authorizer,
    SnapshotPublisher publisher,
    BackendObjects objects,
    ObjectLookup lookup,
    DclExecutor dcl,
    CatalogSettler settler,
    ProvenanceStore provenance,
    Runnable outcomeUnknown,
    BackendControl control,
    Executor analysis,
    Executor store) {}
