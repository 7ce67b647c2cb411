package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of one LOAD DATA LOCAL on its way from the client to the backend. The backend is given
 * the file that the statement names, and no other; a packet is passed on as it came in, and the
 * next one is read when the backend takes more. The answer waits until the client has sent its last
 * packet, since it listens to nothing before.
 *
 * <p>When the statement may not go on, the backend connection is closed, on which the server undoes
 * it, and what the client still sends is thrown away.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_local_infile_request.html">LOCAL
 *     INFILE Request</a>
 */
final class LocalFile implements ResponseSink {

  private static final int REQUEST = 0xfb;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final BackendLease backend;
  private final HeldResponse answer;
  private final byte[] name;
  private final int sequenceOffset;

  private boolean asked;
  private boolean sent;
  private boolean paused;
  private @Nullable ResponseEnd end;
  private @Nullable SqlError failure;
  private @Nullable Interruption interruption;
  private boolean transactionLost;

  /**
   * @param answer completed when the client listens
   * @param name what the statement calls the file, as bytes of the statement
   * @param sequenceOffset what sequence ids of the client are ahead of the backend's
   */
  LocalFile(
      CommandPhase phase,
      FrontendPort port,
      BackendLease backend,
      HeldResponse answer,
      byte[] name,
      int sequenceOffset) {
    this.phase = phase;
    this.port = port;
    this.backend = backend;
    this.answer = answer;
    this.name = name.clone();
    this.sequenceOffset = sequenceOffset;
  }

  // ---- from the backend

  @Override
  public void onLocalFile(byte[] wanted, int sequence) {
    Interruption early = phase.interruption();
    if (early != null && early.revoked()) {
      giveUp(early);
      finish();
    } else if (!Arrays.equals(wanted, name)) {
      backend.release();
      phase.abandoned(
          ErrorCode.ER_UNKNOWN_ERROR.error(
              "The backend asked for another file than the statement names; its connection was"
                  + " closed"),
          List::of,
          false);
    } else {
      asked = true;
      ByteBuf request = port.allocator().ioBuffer(PacketFraming.HEADER_LENGTH + 1 + name.length);
      request.writeMediumLE(1 + name.length).writeByte(sequence - 1).writeByte(REQUEST);
      port.write(request.writeBytes(name));
      port.flush();
      port.expectSequence(sequence);
      phase.awaitsFile(true);
      port.resume();
    }
  }

  @Override
  public void onChunk(ByteBuf framedBytes) {
    answer.onChunk(framedBytes);
  }

  @Override
  public void onEnd(ResponseEnd itsEnd) {
    end = itsEnd;
    finish();
  }

  @Override
  public void onReadComplete() {
    port.flush();
  }

  @Override
  public void onFailure(SqlError error) {
    failure = error;
    goOn();
    finish();
  }

  @Override
  public void onWritabilityOfBackend(boolean writable) {
    if (writable) {
      goOn();
    }
  }

  // ---- from the client

  /** Takes ownership of a packet of the file; the empty one is the last. */
  void onPacket(Packet packet) {
    boolean last = packet.payloadLength() == 0;
    phase.awaitsFile(!last);
    if (last) {
      sent = true;
      port.hold();
    } else {
      port.expectSequence(PacketFraming.next(packet.sequenceId()));
    }
    if (isOver()) {
      packet.release();
    } else {
      ByteBuf framed = packet.framed();
      renumber(framed);
      BackendConnection connection = backend.connection();
      connection.send(framed);
      if (!last && !paused && !isOver() && !connection.isWritable()) {
        paused = true;
        phase.awaitsFile(false);
        port.hold();
      }
    }
    if (last) {
      finish();
    }
  }

  private void renumber(ByteBuf framed) {
    if (sequenceOffset == 0) {
      return;
    }
    int at = framed.readerIndex();
    while (at < framed.writerIndex()) {
      int sequence = PacketFraming.sequenceId(framed, at) - sequenceOffset;
      framed.setByte(at + PacketFraming.HEADER_LENGTH - 1, sequence);
      at += PacketFraming.HEADER_LENGTH + PacketFraming.payloadLength(framed, at);
    }
  }

  private void goOn() {
    if (paused) {
      paused = false;
      phase.awaitsFile(true);
      port.resume();
    }
  }

  // ---- ends

  /** Whether the backend wants nothing more. */
  private boolean isOver() {
    return end != null || failure != null || interruption != null;
  }

  /**
   * Gives the backend up in the middle of the file, and has the client told why at its end; false
   * when no file is underway.
   */
  boolean interrupt(Interruption why) {
    if (!asked || sent || isOver()) {
      return false;
    }
    giveUp(why);
    return true;
  }

  private void giveUp(Interruption why) {
    interruption = why;
    transactionLost = phase.inTransaction();
    backend.release();
    goOn();
  }

  private void finish() {
    if (asked && !sent) {
      return;
    }
    Interruption why = interruption;
    SqlError lost = failure;
    ResponseEnd complete = end;
    if (why != null) {
      phase.abandoned(why.error(), why.notes(), transactionLost);
    } else if (lost != null) {
      answer.onFailure(lost);
    } else if (complete != null) {
      answer.onEnd(complete);
    }
  }

  /** The statement is over, or the session: lets go of an answer that was not sent. */
  void close() {
    interruption = interruption == null ? Interruption.TIMEOUT : interruption;
    answer.abandon();
  }
}
