package io.portcullis.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.portcullis.proxy.session.AcquireListener;
import io.portcullis.proxy.session.BackendConnection;
import io.portcullis.proxy.session.BackendError;
import io.portcullis.proxy.session.BackendState;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.session.ResponseSink;
import io.portcullis.sql.text.SqlError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Plays a session from the test's thread; every step runs on the event loop and is waited for. */
final class SessionProbe {

  /** What came of an acquire: exactly one is present. */
  record Acquired(
      Optional<SessionProbe> session, Optional<SqlError> failure, Optional<BackendError> refusal) {}

  /** What came of a command. */
  record Response(
      byte[] bytes, int chunks, Optional<ResponseEnd> end, Optional<SqlError> failure) {}

  private final EventLoop loop;
  final BackendConnection connection;
  final BackendState state;

  /** Whether it gives its connection up when it is asked. */
  volatile boolean holdsNothing;

  private boolean yieldConnection() {
    if (holdsNothing) {
      connection.release();
    }
    return holdsNothing;
  }

  private SessionProbe(EventLoop loop, BackendConnection connection, BackendState state) {
    this.loop = loop;
    this.connection = connection;
    this.state = state;
  }

  static CompletableFuture<Acquired> acquiring(
      BackendPool source, BackendTarget target, EventLoop loop) {
    CompletableFuture<Acquired> outcome = new CompletableFuture<>();
    source.acquire(
        target,
        loop,
        new AcquireListener() {
          @Override
          public void acquired(BackendConnection connection, BackendState state) {
            assertThat(loop.inEventLoop()).isTrue();
            outcome.complete(
                new Acquired(
                    Optional.of(new SessionProbe(loop, connection, state)),
                    Optional.empty(),
                    Optional.empty()));
          }

          @Override
          public void failed(SqlError error) {
            outcome.complete(new Acquired(Optional.empty(), Optional.of(error), Optional.empty()));
          }

          @Override
          public void refused(BackendError error) {
            outcome.complete(new Acquired(Optional.empty(), Optional.empty(), Optional.of(error)));
          }

          @Override
          public boolean yield() {
            return outcome.join().session().orElseThrow().yieldConnection();
          }
        });
    return outcome;
  }

  static SessionProbe acquire(BackendPool source, BackendTarget target, EventLoop loop) {
    Acquired acquired = await(acquiring(source, target, loop));
    return acquired.session().orElseThrow(() -> new AssertionError("not acquired: " + acquired));
  }

  static SqlError acquireFails(BackendPool source, BackendTarget target, EventLoop loop) {
    return await(acquiring(source, target, loop)).failure().orElseThrow();
  }

  CompletableFuture<Response> executing(
      byte[] framed, CommandShape shape, ResponseEdit edit, @Nullable Runnable onFirstChunk) {
    CompletableFuture<Response> outcome = new CompletableFuture<>();
    ResponseSink sink =
        new ResponseSink() {
          private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          private int chunks;

          @Override
          public void onChunk(ByteBuf framedBytes) {
            byte[] copy = new byte[framedBytes.readableBytes()];
            framedBytes.readBytes(copy);
            framedBytes.release();
            bytes.writeBytes(copy);
            if (chunks++ == 0 && onFirstChunk != null) {
              onFirstChunk.run();
            }
          }

          @Override
          public void onEnd(ResponseEnd end) {
            outcome.complete(
                new Response(bytes.toByteArray(), chunks, Optional.of(end), Optional.empty()));
          }

          @Override
          public void onReadComplete() {}

          @Override
          public void onFailure(SqlError error) {
            outcome.complete(
                new Response(bytes.toByteArray(), chunks, Optional.empty(), Optional.of(error)));
          }

          @Override
          public void onWritabilityOfBackend(boolean writable) {}
        };
    loop.execute(
        () -> {
          try {
            connection.execute(Unpooled.copiedBuffer(framed), shape, edit, sink);
          } catch (RuntimeException e) {
            outcome.completeExceptionally(e);
          }
        });
    return outcome;
  }

  Response execute(CommandShape shape, byte... payload) {
    return await(
        executing(
            new ResponseBytes(false, 0).packet(payload).bytes(), shape, ResponseEdit.NONE, null));
  }

  Response query(String text) {
    return execute(CommandShape.QUERY, command(0x03, text));
  }

  static byte[] command(int code, String text) {
    byte[] argument = text.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[argument.length + 1];
    payload[0] = (byte) code;
    System.arraycopy(argument, 0, payload, 1, argument.length);
    return payload;
  }

  void release() {
    run(connection::release);
  }

  void discard() {
    run(connection::discard);
  }

  void run(Runnable step) {
    await(CompletableFuture.runAsync(step, loop));
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
