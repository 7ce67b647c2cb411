package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.proxy.wire.message.OkPacket;
import io.portcullis.proxy.wire.message.PrepareOk;
import io.portcullis.proxy.wire.message.TextResultSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a scripted backend says to one command. */
@FunctionalInterface
interface Answer {

  /** Bytes of a whole response, and what the tracker would say of them. */
  record Built(ByteBuf framed, int errno, int statusFlags) {}

  Built build(ByteBufAllocator allocator, long capabilities, int firstSequence, boolean more);

  static Answer ok() {
    return ok(StatusFlags.AUTOCOMMIT);
  }

  static Answer ok(int statusFlags) {
    return (allocator, capabilities, sequence, more) -> {
      int flags = flags(statusFlags, more);
      return new Built(
          Packets.frame(allocator, OkPacket.of(flags).encode(allocator, capabilities), sequence),
          0,
          flags);
    };
  }

  static Answer error(int errno, String message) {
    return (allocator, capabilities, sequence, more) ->
        new Built(
            Packets.frame(
                allocator,
                new ErrPacket(errno, "42000", message).encode(allocator, capabilities),
                sequence),
            errno,
            StatusFlags.AUTOCOMMIT);
  }

  /** One row of text. */
  static Answer row(@Nullable String... values) {
    return (allocator, capabilities, sequence, more) -> {
      int flags = flags(StatusFlags.AUTOCOMMIT, more);
      return new Built(
          TextResultSet.write(
              allocator,
              java.util.Collections.nCopies(values.length, ColumnDefinition41.varchar("c")),
              List.of(java.util.Arrays.asList(values)),
              capabilities,
              flags,
              sequence),
          0,
          flags);
    };
  }

  static Answer prepared(int id) {
    return (allocator, capabilities, sequence, more) ->
        new Built(
            PrepareOk.writeResponse(
                allocator,
                id,
                List.of(),
                List.of(ColumnDefinition41.varchar("c")),
                capabilities,
                StatusFlags.AUTOCOMMIT,
                sequence),
            0,
            StatusFlags.AUTOCOMMIT);
  }

  private static int flags(int statusFlags, boolean more) {
    return more ? statusFlags | StatusFlags.MORE_RESULTS_EXISTS : statusFlags;
  }

  /** As the tracker would tell it. */
  static ResponseEnd end(Built built) {
    return new ResponseEnd(
        built.errno() != 0,
        built.errno(),
        built.statusFlags(),
        0,
        PacketFraming.sequenceAfter(built.framed()));
  }
}
