package io.portcullis.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.session.AcquireListener;
import io.portcullis.proxy.session.BackendConnection;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseSink;
import io.portcullis.proxy.wire.command.QueryAttributes;
import java.util.function.LongConsumer;

/**
 * A connection in the hands of one session. When it is given back this object is dead, so a session
 * cannot reach a connection another one has by now.
 */
final class Lease implements BackendConnection {
  private final BackendChannel channel;
  private final LoopPool pool;
  private final LongConsumer killer;
  private final AcquireListener holder;
  private boolean over;

  /** Whether a command was sent since somebody last looked. */
  private boolean inUse = true;

  Lease(BackendChannel channel, LoopPool pool, LongConsumer killer, AcquireListener holder) {
    this.channel = channel;
    this.pool = pool;
    this.killer = killer;
    this.holder = holder;
  }

  boolean isOf(BackendChannel other) {
    return channel == other;
  }

  PoolKey key() {
    return channel.key();
  }

  boolean database() {
    return channel.database();
  }

  /** Whether nothing was sent since this was asked before; for a second chance. */
  boolean rested() {
    boolean rested = !inUse;
    inUse = false;
    return rested;
  }

  /** Asks the session to give it back. */
  boolean yield() {
    return !over && channel.idle() && holder.yield();
  }

  @Override
  public boolean isWanted() {
    return !over && pool.wanted();
  }

  @Override
  public long threadId() {
    return channel.threadId();
  }

  @Override
  public void execute(
      ByteBuf framedCommand, CommandShape shape, ResponseEdit edit, ResponseSink sink) {
    if (over || !channel.idle()) {
      framedCommand.release();
      throw new IllegalStateException(
          over ? "the connection was given back" : "a response is outstanding");
    }
    inUse = true;
    channel.execute(framedCommand, shape, edit, sink);
  }

  @Override
  public void attributes(QueryAttributes ofTexts) {
    if (!over) {
      channel.attributes(ofTexts);
    }
  }

  @Override
  public void send(ByteBuf framedBytes) {
    if (over) {
      framedBytes.release();
    } else {
      channel.send(framedBytes);
    }
  }

  @Override
  public boolean isWritable() {
    return over || channel.writable();
  }

  @Override
  public void pauseReading() {
    if (!over) {
      channel.pause();
    }
  }

  @Override
  public void resumeReading() {
    if (!over) {
      channel.resume();
    }
  }

  @Override
  public int restOfPacket() {
    return over ? -1 : channel.restOfPacket();
  }

  @Override
  public int nextSequence() {
    return channel.nextSequence();
  }

  @Override
  public boolean isIdle() {
    return over || channel.idle();
  }

  @Override
  public void release() {
    if (over) {
      return;
    }
    if (!channel.idle() || !channel.active()) {
      discard();
      return;
    }
    over = true;
    channel.attributes(QueryAttributes.NONE);
    channel.resume();
    pool.returned(this);
    pool.reset(channel);
  }

  @Override
  public void discard() {
    if (over) {
      return;
    }
    over = true;
    pool.returned(this);
    channel.abandon();
    boolean running = !channel.idle() && channel.active();
    channel.close();
    if (running) {
      killer.accept(channel.threadId());
    }
  }
}
