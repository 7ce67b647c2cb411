package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The client's end of a session: what the session may do to its connection. Event loop only, but
 * for {@link #loop}.
 */
public interface FrontendPort {

  /** Takes ownership of whole packets. Nothing is sent before {@link #flush}. */
  void write(ByteBuf framedBytes);

  void flush();

  /** Whether the client takes more; false: stop reading what is relayed to it. */
  boolean isWritable();

  /** Passes no further packet to the session until {@link #resume}. */
  void hold();

  /** Passes packets on again; may deliver the next one before it returns. */
  void resume();

  /** Largest payload accepted from now on, in bytes. */
  void setPacketLimit(int bytes);

  /** Sequence id that the client's next packet must carry. */
  void expectSequence(int sequenceId);

  /** From now on packets start commands, with sequence id 0. */
  void enterCommandPhase();

  /** Whether nobody can listen in: TLS is on. */
  boolean isSecure();

  /** Puts TLS in front of everything that follows. */
  void startTls();

  /** The certificate the client was shown; empty without TLS. */
  Optional<Certificate> certificate();

  /** Compresses everything that follows, both ways; what is written so far must be flushed. */
  void startCompression(CompressionAlgorithm algorithm);

  /** Closes once everything written is sent. */
  void closeAfterFlush();

  /** Closes now. */
  void close();

  /** Address of the client, without port: {@code 127.0.0.1}. */
  String remoteHost();

  /** Address of the load balancer in between, if it has told the client's. */
  Optional<String> proxyHost();

  ByteBufAllocator allocator();

  /** Runs tasks on the session's event loop; may be used from any thread. */
  Executor loop();

  /** Runs a task on the event loop later, unless the connection is closed by then. */
  Cancellable schedule(Runnable task, long delay, TimeUnit unit);

  /** A task that can still be called off. */
  @FunctionalInterface
  interface Cancellable {
    void cancel();
  }
}
