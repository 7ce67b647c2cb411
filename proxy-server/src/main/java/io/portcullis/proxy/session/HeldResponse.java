package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.SqlError;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Keeps a short response back until the gate has done what must come before it. Whoever is given it
 * at the end owns it: {@link #relay} or {@link #discard}.
 */
final class HeldResponse implements ResponseSink {

  private static final int STATEMENT_ID_OFFSET = PacketFraming.HEADER_LENGTH + 1;

  private final FrontendPort port;
  private final Consumer<SqlError> failed;
  private final BiConsumer<HeldResponse, ResponseEnd> complete;
  private final CompositeByteBuf held;
  private boolean over;

  HeldResponse(
      FrontendPort port,
      Consumer<SqlError> failed,
      BiConsumer<HeldResponse, ResponseEnd> complete) {
    this.port = port;
    this.failed = failed;
    this.complete = complete;
    this.held = port.allocator().compositeBuffer();
  }

  @Override
  public void onChunk(ByteBuf framedBytes) {
    held.addComponent(true, framedBytes);
  }

  @Override
  public void onEnd(ResponseEnd end) {
    over = true;
    complete.accept(this, end);
  }

  @Override
  public void onReadComplete() {}

  @Override
  public void onFailure(SqlError error) {
    over = true;
    held.release();
    failed.accept(error);
  }

  @Override
  public void onWritabilityOfBackend(boolean writable) {}

  /** The connection was given up in the middle of it: nothing more comes. */
  void abandon() {
    if (!over) {
      over = true;
      held.release();
    }
  }

  /** Sends it to the client, unflushed. */
  void relay() {
    port.write(held);
  }

  void discard() {
    held.release();
  }

  /** The bytes held; borrowed. */
  ByteBuf content() {
    return held;
  }

  /** The statement id in a prepare-OK. */
  int preparedStatementId() {
    return held.getIntLE(held.readerIndex() + STATEMENT_ID_OFFSET);
  }
}
