package io.portcullis.proxy.backend;

import static io.portcullis.proxy.backend.ResponseBytes.FULL;
import static io.portcullis.proxy.backend.ResponseBytes.filled;
import static io.portcullis.proxy.backend.ResponseBytes.renumbered;
import static io.portcullis.proxy.backend.ResponseBytes.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ResponseTrackerTest {
  private static final int AUTOCOMMIT = StatusFlags.AUTOCOMMIT;
  private static final int MORE = AUTOCOMMIT | StatusFlags.MORE_RESULTS_EXISTS;
  private static final int CURSOR = AUTOCOMMIT | StatusFlags.CURSOR_EXISTS;
  private static final int LAST_ROW = AUTOCOMMIT | StatusFlags.LAST_ROW_SENT;

  /** Begins a response of another command: must never be touched. */
  private static final byte[] FOLLOWING = {7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0};

  /** A response, and how it ends. */
  private record Case(
      String name, boolean deprecateEof, CommandShape shape, byte[] bytes, ResponseEnd end) {
    String title() {
      return shape + " " + name + (deprecateEof ? ", no EOF" : ", EOF");
    }

    int packets() {
      int packets = 0;
      for (int at = 0; at < bytes.length; packets++) {
        at += 4 + ((bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16);
      }
      return packets;
    }
  }

  private static final class Cases {
    private final List<Case> cases = new ArrayList<>();
    private final boolean deprecateEof;

    Cases(boolean deprecateEof) {
      this.deprecateEof = deprecateEof;
    }

    ResponseBytes r() {
      return response(deprecateEof);
    }

    void ends(CommandShape shape, String name, ResponseBytes response, int status, int warnings) {
      add(shape, name, response, false, 0, status, warnings);
    }

    void fails(CommandShape shape, String name, ResponseBytes response, int errno) {
      add(shape, name, response, true, errno, 0, 0);
    }

    void add(
        CommandShape shape,
        String name,
        ResponseBytes response,
        boolean error,
        int errno,
        int status,
        int warnings) {
      byte[] bytes = response.bytes();
      Case incomplete =
          new Case(name, deprecateEof, shape, bytes, new ResponseEnd(false, 0, 0, 0, 0));
      cases.add(
          new Case(
              name,
              deprecateEof,
              shape,
              bytes,
              new ResponseEnd(error, errno, status, warnings, incomplete.packets() + 1 & 0xFF)));
    }
  }

  /** At every byte it is known where the packet ends that was passed on last. */
  @Test
  void restOfThePacketUnderwayIsKnown() {
    ResponseTracker tracker = new ResponseTracker(UnpooledByteBufAllocator.DEFAULT, true);
    byte[] bytes =
        response(true).columns(1).ints('a', 'b', 'c', 'd').ints('e').end(AUTOCOMMIT, 0).bytes();
    tracker.begin(CommandShape.QUERY, new ResponseEdit(4, false));
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    for (byte each : bytes) {
      ByteBuf in = Unpooled.wrappedBuffer(new byte[] {each});
      tracker.accept(
          in,
          new ResponseTracker.Output() {
            @Override
            public void chunk(ByteBuf framed) {
              passed.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(framed));
              framed.release();
            }

            @Override
            public void localInfileRequested(int nextSequence) {
              throw new AssertionError(nextSequence);
            }
          });
      in.release();
      byte[] sofar = passed.toByteArray();
      int at = 0;
      int sequence = 3; // nothing has passed
      while (at < sofar.length) {
        sequence = sofar[at + 3] & 0xFF;
        at += 4 + sofar[at];
      }
      assertThat(tracker.restOfPacket()).isEqualTo(at - sofar.length);
      assertThat(tracker.nextSequence()).isEqualTo(sequence + 1);
    }
    assertThat(tracker.ended()).isTrue();
  }

  @Test
  void packetThatIsContinuedHasNoEndWithinReach() {
    ResponseTracker tracker = new ResponseTracker(UnpooledByteBufAllocator.DEFAULT, true);
    tracker.begin(CommandShape.FETCH, ResponseEdit.NONE);
    ByteBuf in = Unpooled.buffer();
    in.writeMediumLE(FULL).writeByte(1).writeByte('x');
    tracker.accept(
        in,
        new ResponseTracker.Output() {
          @Override
          public void chunk(ByteBuf framed) {
            framed.release();
          }

          @Override
          public void localInfileRequested(int nextSequence) {
            throw new AssertionError(nextSequence);
          }
        });
    in.release();
    assertThat(tracker.restOfPacket()).isEqualTo(-1);
    tracker.close();
  }

  private static List<Case> cases(boolean deprecateEof) {
    Cases c = new Cases(deprecateEof);
    CommandShape query = CommandShape.QUERY;
    c.ends(query, "OK", c.r().ok(AUTOCOMMIT, 3, "info"), AUTOCOMMIT, 3);
    c.fails(query, "ERR", c.r().err(1146, "no such table"), 1146);
    c.ends(
        query,
        "rows",
        c.r()
            .columns(2)
            .definitionsEnd(AUTOCOMMIT)
            .ints(1, 'a', 1, 'b')
            .ints(0xFB, 0xFB)
            .ints(0, 0)
            .end(AUTOCOMMIT, 2),
        AUTOCOMMIT,
        2);
    c.ends(query, "no rows", c.r().columns(1).definitionsEnd(0).end(AUTOCOMMIT, 0), AUTOCOMMIT, 0);
    c.ends(
        query,
        "300 columns",
        c.r().columns(300).definitionsEnd(0).end(AUTOCOMMIT, 0),
        AUTOCOMMIT,
        0);
    c.add(
        query,
        "ERR among rows",
        c.r().columns(1).definitionsEnd(AUTOCOMMIT).ints(1, 'a').err(1317, "interrupted"),
        true,
        1317,
        deprecateEof ? 0 : AUTOCOMMIT,
        0);
    c.fails(query, "ERR among columns", c.r().ints(2).definitions(1).err(1105, "x"), 1105);
    c.ends(
        query,
        "results of CALL",
        c.r()
            .columns(1)
            .definitionsEnd(MORE)
            .ints(1, 'a')
            .end(MORE, 1)
            .columns(2)
            .definitionsEnd(MORE)
            .end(MORE, 0)
            .ok(AUTOCOMMIT, 1, ""),
        AUTOCOMMIT,
        1);
    c.add(
        query,
        "ERR after results of CALL",
        c.r().columns(1).definitionsEnd(MORE).end(MORE, 5).err(1062, "duplicate"),
        true,
        1062,
        MORE,
        5);
    c.ends(
        query,
        "a cursor flag means nothing to text results",
        c.r().columns(1).definitionsEnd(CURSOR).ints(1, 'a').end(AUTOCOMMIT, 0),
        AUTOCOMMIT,
        0);

    CommandShape execute = CommandShape.EXECUTE;
    c.ends(execute, "OK", c.r().ok(AUTOCOMMIT, 0, ""), AUTOCOMMIT, 0);
    c.ends(
        execute,
        "binary rows",
        c.r().columns(1).definitionsEnd(AUTOCOMMIT).ints(0, 0, 1).ints(0, 0, 2).end(AUTOCOMMIT, 0),
        AUTOCOMMIT,
        0);
    ResponseBytes cursor = c.r().columns(2);
    c.ends(
        execute, "cursor", deprecateEof ? cursor.end(CURSOR, 1) : cursor.eof(CURSOR, 1), CURSOR, 1);
    c.ends(
        execute,
        "out parameters of CALL",
        c.r()
            .columns(1)
            .definitionsEnd(MORE)
            .ints(0, 0, 1)
            .end(MORE | StatusFlags.PS_OUT_PARAMS, 0)
            .ok(AUTOCOMMIT, 0, ""),
        AUTOCOMMIT,
        0);

    CommandShape prepare = CommandShape.PREPARE;
    c.fails(prepare, "ERR", c.r().err(1064, "syntax"), 1064);
    c.ends(prepare, "nothing", c.r().prepareOk(0, 0, 4), 0, 4);
    c.ends(
        prepare,
        "parameters",
        c.r().prepareOk(0, 3, 0).definitions(3).definitionsEnd(AUTOCOMMIT),
        deprecateEof ? 0 : AUTOCOMMIT,
        0);
    c.ends(
        prepare,
        "columns",
        c.r().prepareOk(2, 0, 0).definitions(2).definitionsEnd(AUTOCOMMIT),
        deprecateEof ? 0 : AUTOCOMMIT,
        0);
    c.ends(
        prepare,
        "300 parameters and columns",
        c.r()
            .prepareOk(2, 300, 0)
            .definitions(300)
            .definitionsEnd(AUTOCOMMIT)
            .definitions(2)
            .definitionsEnd(AUTOCOMMIT),
        deprecateEof ? 0 : AUTOCOMMIT,
        0);

    CommandShape fetch = CommandShape.FETCH;
    c.ends(fetch, "last rows", c.r().ints(0, 0, 1).end(LAST_ROW, 0), LAST_ROW, 0);
    c.ends(fetch, "rows", c.r().ints(0, 0, 1).ints(0, 0, 2).end(CURSOR, 0), CURSOR, 0);
    c.fails(fetch, "ERR", c.r().err(1243, "unknown handler"), 1243);

    CommandShape fields = CommandShape.FIELD_LIST;
    c.ends(fields, "columns", c.r().definitions(3).end(AUTOCOMMIT, 0), AUTOCOMMIT, 0);
    c.fails(fields, "ERR", c.r().err(1146, "no such table"), 1146);

    CommandShape single = CommandShape.SINGLE;
    c.ends(single, "OK", c.r().ok(AUTOCOMMIT, 7, ""), AUTOCOMMIT, 7);
    c.ends(single, "EOF", c.r().end(AUTOCOMMIT, 0), AUTOCOMMIT, 0);
    c.ends(single, "plain EOF", c.r().eof(AUTOCOMMIT, 0), AUTOCOMMIT, 0);
    c.ends(single, "OK that announces more", c.r().ok(MORE, 0, ""), MORE, 0); // nothing can follow
    c.fails(single, "ERR", c.r().err(1049, "unknown database"), 1049);

    CommandShape string = CommandShape.STRING;
    c.ends(
        string,
        "text",
        c.r().packet("Uptime: 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        0,
        0);
    c.ends(string, "nothing", c.r().packet(), 0, 0);
    c.fails(string, "ERR", c.r().err(1047, "unknown command"), 1047);
    return c.cases;
  }

  private static Stream<Case> allCases() {
    return Stream.concat(cases(false).stream(), cases(true).stream());
  }

  @TestFactory
  Stream<DynamicTest> responseEndsWhereItEndsHoweverItArrives() {
    return allCases()
        .map(
            c ->
                dynamicTest(
                    c.title(),
                    () -> {
                      assertRelayed(c, ResponseEdit.NONE, c.bytes(), c.end(), List.of());
                      for (int split = 1; split < c.bytes().length; split++) {
                        assertRelayed(c, ResponseEdit.NONE, c.bytes(), c.end(), List.of(split));
                      }
                      assertRelayed(
                          c, ResponseEdit.NONE, c.bytes(), c.end(), everyByte(c.bytes().length));
                      Random random = new Random(20261123);
                      for (int i = 0; i < 50; i++) {
                        assertRelayed(
                            c,
                            ResponseEdit.NONE,
                            c.bytes(),
                            c.end(),
                            splits(random, c.bytes().length));
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> packetsAreRenumberedHoweverTheyArrive() {
    return allCases()
        .map(
            c ->
                dynamicTest(
                    c.title(),
                    () -> {
                      int offset = 250;
                      byte[] expected = renumbered(c.bytes(), offset);
                      ResponseEnd end =
                          new ResponseEnd(
                              c.end().error(),
                              c.end().errno(),
                              c.end().statusFlags(),
                              c.end().warnings(),
                              c.end().nextSequence() + offset & 0xFF);
                      ResponseEdit edit = new ResponseEdit(offset, false);
                      assertRelayed(c, edit, expected, end, List.of());
                      assertRelayed(c, edit, expected, end, everyByte(c.bytes().length));
                      Random random = new Random(4);
                      for (int i = 0; i < 20; i++) {
                        assertRelayed(c, edit, expected, end, splits(random, c.bytes().length));
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> moreResultsAreAnnouncedInTheLastPacketOnly() {
    return Stream.of(false, true)
        .flatMap(
            deprecateEof -> {
              byte[] ok = response(deprecateEof).ok(AUTOCOMMIT, 3, "i").bytes();
              byte[] okMore = response(deprecateEof).ok(MORE, 3, "i").bytes();
              byte[] rows = call(deprecateEof, AUTOCOMMIT).bytes();
              byte[] rowsMore = call(deprecateEof, MORE).bytes();
              byte[] error = response(deprecateEof).err(1064, "x").bytes();
              return Stream.of(
                  announced(deprecateEof, "OK", ok, okMore),
                  announced(deprecateEof, "rows", rows, rowsMore),
                  announced(deprecateEof, "ERR", error, error));
            });
  }

  private static ResponseBytes call(boolean deprecateEof, int lastStatus) {
    return response(deprecateEof)
        .columns(1)
        .definitionsEnd(AUTOCOMMIT)
        .ints(1, 'a')
        .end(MORE, 0)
        .columns(1)
        .definitionsEnd(AUTOCOMMIT)
        .ints(1, 'a')
        .end(lastStatus, 0);
  }

  private static DynamicTest announced(
      boolean deprecateEof, String name, byte[] received, byte[] expected) {
    return dynamicTest(
        name + " " + deprecateEof,
        () -> {
          for (List<Integer> splits : List.of(List.<Integer>of(), everyByte(received.length))) {
            Feed feed = new Feed(deprecateEof);
            feed.tracker.begin(CommandShape.QUERY, new ResponseEdit(0, true));
            feed.all(received, splits);
            assertThat(feed.output()).isEqualTo(expected);
            feed.close();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> rowsOfSeveralPacketsPassWhateverTheirContinuationsLookLike() {
    return Stream.of(false, true)
        .flatMap(
            deprecateEof ->
                Stream.of(FULL, FULL + 1, FULL + 5, 2 * FULL, 2 * FULL + 100)
                    .map(
                        length ->
                            dynamicTest(
                                length + " " + deprecateEof,
                                () -> largeRow(deprecateEof, length))));
  }

  /** The row begins as only a value of 16 MiB and more may, its continuations as EOF and ERR. */
  private static void largeRow(boolean deprecateEof, int length) {
    byte[] row = filled(length, 0xFE);
    for (int at = FULL; at < length; at += FULL) {
      row[at] = (byte) (at == FULL ? 0xFE : 0xFF);
    }
    byte[] bytes =
        response(deprecateEof)
            .columns(1)
            .definitionsEnd(0)
            .packet(row)
            .ints(1, 'a')
            .end(AUTOCOMMIT, 9)
            .bytes();
    Random random = new Random(length);
    List<Integer> splits = new ArrayList<>();
    for (int at = 1; at < bytes.length; at += 1 + random.nextInt(100_000)) {
      splits.add(at);
    }
    for (int packet = 0; packet < length / FULL; packet++) {
      for (int near = -12; near < 60; near++) {
        splits.add((packet + 1) * FULL + near);
      }
    }
    List<Integer> ordered =
        splits.stream().filter(s -> s < bytes.length).distinct().sorted().toList();

    Feed feed = new Feed(deprecateEof);
    feed.tracker.begin(CommandShape.QUERY, ResponseEdit.NONE);
    feed.all(bytes, ordered);
    assertThat(Arrays.equals(feed.output(), bytes)).isTrue();
    assertThat(feed.tracker.end().warnings()).isEqualTo(9);
    feed.close();
  }

  @Test
  void shortRowBeginningLikeEofIsARowOnlyWhenItIsLong() {
    // given EOF packets, a row may begin with FE only if it has 9 bytes or more
    byte[] bytes =
        response(false).columns(1).eof(0, 0).packet(filled(9, 0xFE)).eof(AUTOCOMMIT, 1).bytes();
    Feed feed = new Feed(false);
    feed.tracker.begin(CommandShape.QUERY, ResponseEdit.NONE);
    feed.all(bytes, List.of());
    assertThat(feed.output()).isEqualTo(bytes);
    assertThat(feed.tracker.end().warnings()).isEqualTo(1);
    feed.close();
  }

  @TestFactory
  Stream<DynamicTest> localInfileIsRefusedAndNeverReachesTheClient() {
    byte[] request =
        response(false)
            .packet(("\u00fb/etc/passwd").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
            .bytes();
    byte[] answer = new ResponseBytes(false, 3).err(1148, "not allowed").bytes();
    byte[] received = Arrays.copyOf(request, request.length + answer.length);
    System.arraycopy(answer, 0, received, request.length, answer.length);
    byte[] expected = new ResponseBytes(false, 1).err(1148, "not allowed").bytes();
    return Stream.of(List.<Integer>of(), everyByte(received.length))
        .map(
            splits ->
                dynamicTest(
                    splits.isEmpty() ? "whole" : "byte by byte",
                    () -> {
                      Feed feed = new Feed(false);
                      feed.tracker.begin(CommandShape.QUERY, ResponseEdit.NONE);
                      feed.all(received, splits);
                      assertThat(feed.output()).isEqualTo(expected);
                      assertThat(feed.refusedFiles).containsExactly(2);
                      assertThat(feed.tracker.end())
                          .isEqualTo(new ResponseEnd(true, 1148, 0, 0, 2));
                      feed.close();
                    }));
  }

  @Test
  void commandWithoutResponseEndsAtOnce() {
    Feed feed = new Feed(true);
    feed.tracker.begin(CommandShape.NONE, ResponseEdit.NONE);
    assertThat(feed.tracker.ended()).isTrue();
    assertThat(feed.tracker.end()).isEqualTo(new ResponseEnd(false, 0, 0, 0, 0));
  }

  @Test
  void nothingLeavesBeforeATerminalPacketIsComplete() {
    byte[] ok = response(false).ok(AUTOCOMMIT, 0, "long info").bytes();
    Feed feed = new Feed(false);
    feed.tracker.begin(CommandShape.QUERY, ResponseEdit.NONE);
    for (int i = 0; i < ok.length - 1; i++) {
      feed.one(ok, i, i + 1);
      assertThat(feed.output()).isEmpty();
    }
    feed.one(ok, ok.length - 1, ok.length);
    assertThat(feed.output()).isEqualTo(ok);
    feed.close();
  }

  @Test
  void rowsLeaveBeforeTheyAreComplete() {
    byte[] bytes = response(true).columns(1).ints(5, 'a', 'b', 'c', 'd', 'e').bytes();
    Feed feed = new Feed(true);
    feed.tracker.begin(CommandShape.QUERY, ResponseEdit.NONE);
    feed.one(bytes, 0, bytes.length - 2);
    assertThat(feed.output()).hasSize(bytes.length - 2);
    feed.close();
  }

  @Test
  void wholeBufferIsPassedOnAsItIs() {
    byte[] bytes = response(true).columns(1).ints(1, 'a').end(AUTOCOMMIT, 0).bytes();
    ResponseTracker tracker = new ResponseTracker(UnpooledByteBufAllocator.DEFAULT, true);
    tracker.begin(CommandShape.QUERY, ResponseEdit.NONE);
    ByteBuf in = Unpooled.copiedBuffer(bytes);
    List<ByteBuf> chunks = new ArrayList<>();
    tracker.accept(
        in,
        new ResponseTracker.Output() {
          @Override
          public void chunk(ByteBuf framedBytes) {
            chunks.add(framedBytes);
          }

          @Override
          public void localInfileRequested(int nextSequence) {
            throw new AssertionError();
          }
        });
    assertThat(chunks).hasSize(1);
    assertThat(chunks.get(0)).isSameAs(in);
    assertThat(in.refCnt()).isEqualTo(2);
    in.release(2);
  }

  @Test
  void malformedResponsesAreViolations() {
    assertViolation(CommandShape.QUERY, response(false).ints(0xFE, 0, 0, 0, 0));
    assertViolation(CommandShape.QUERY, response(false).packet());
    assertViolation(CommandShape.QUERY, response(false).ints(2, 0));
    assertViolation(CommandShape.QUERY, response(false).ints(0, 0, 0, 2, 0));
    assertViolation(CommandShape.QUERY, response(false).ints(0, 0xFC, 0));
    assertViolation(CommandShape.QUERY, response(false).ints(0, 0xFB, 0, 2, 0, 0, 0));
    assertViolation(CommandShape.QUERY, response(false).ints(0xFF, 1));
    assertViolation(CommandShape.QUERY, response(false).columns(1).ints(1, 'a'));
    assertViolation(CommandShape.PREPARE, response(false).ints(0, 0, 0, 2, 0, 0, 0));
    assertViolation(CommandShape.SINGLE, response(false).ints(1));
    assertViolation(CommandShape.QUERY, response(false).packet(filled(FULL, 0)));
  }

  private static void assertViolation(CommandShape shape, ResponseBytes response) {
    Feed feed = new Feed(false);
    feed.tracker.begin(shape, ResponseEdit.NONE);
    byte[] bytes = response.bytes();
    assertThatThrownBy(() -> feed.all(bytes, List.of())).isInstanceOf(ProtocolException.class);
    Feed slow = new Feed(false);
    slow.tracker.begin(shape, ResponseEdit.NONE);
    assertThatThrownBy(() -> slow.all(bytes, List.of(3, 4, 5)))
        .isInstanceOf(ProtocolException.class);
    feed.close();
    slow.close();
  }

  private static void assertRelayed(
      Case c, ResponseEdit edit, byte[] expected, ResponseEnd end, List<Integer> splits) {
    Feed feed = new Feed(c.deprecateEof());
    feed.tracker.begin(c.shape(), edit);
    feed.all(c.bytes(), splits);
    assertThat(feed.output()).isEqualTo(expected);
    assertThat(feed.tracker.ended()).isTrue();
    assertThat(feed.tracker.end()).isEqualTo(end);
    feed.close();
  }

  private static List<Integer> everyByte(int length) {
    return Stream.iterate(1, i -> i < length, i -> i + 1).toList();
  }

  private static List<Integer> splits(Random random, int length) {
    List<Integer> splits = new ArrayList<>();
    for (int at = 1 + random.nextInt(12); at < length; at += 1 + random.nextInt(12)) {
      splits.add(at);
    }
    return splits;
  }

  /** Feeds a tracker and collects what leaves it; the last piece has foreign bytes behind it. */
  private static final class Feed implements ResponseTracker.Output {
    final ResponseTracker tracker;
    final List<Integer> refusedFiles = new ArrayList<>();
    private final List<ByteBuf> buffers = new ArrayList<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    Feed(boolean deprecateEof) {
      tracker = new ResponseTracker(UnpooledByteBufAllocator.DEFAULT, deprecateEof);
    }

    void all(byte[] bytes, List<Integer> splits) {
      int from = 0;
      for (int split : splits) {
        one(bytes, from, split);
        assertThat(tracker.ended()).isFalse();
        from = split;
      }
      int last = bytes.length - from;
      byte[] tail = Arrays.copyOfRange(bytes, from, bytes.length + FOLLOWING.length);
      System.arraycopy(FOLLOWING, 0, tail, last, FOLLOWING.length);
      ByteBuf in = buffer(tail, 0, tail.length);
      try {
        assertThat(tracker.accept(in, this)).isEqualTo(last);
      } finally {
        in.release();
      }
      assertThat(tracker.ended()).isTrue();
    }

    void one(byte[] bytes, int from, int to) {
      ByteBuf in = buffer(bytes, from, to);
      try {
        assertThat(tracker.accept(in, this)).isEqualTo(to - from);
      } finally {
        in.release();
      }
    }

    /** With an offset inside the buffer, as indices need not begin at 0. */
    private ByteBuf buffer(byte[] bytes, int from, int to) {
      ByteBuf in = UnpooledByteBufAllocator.DEFAULT.heapBuffer();
      in.writeBytes(new byte[3]).writeBytes(bytes, from, to - from).skipBytes(3);
      buffers.add(in);
      return in;
    }

    @Override
    public void chunk(ByteBuf framedBytes) {
      assertThat(framedBytes.isReadable()).isTrue();
      byte[] copy = new byte[framedBytes.readableBytes()];
      framedBytes.readBytes(copy);
      output.writeBytes(copy);
      framedBytes.release();
    }

    @Override
    public void localInfileRequested(int nextSequence) {
      refusedFiles.add(nextSequence);
    }

    byte[] output() {
      return output.toByteArray();
    }

    void close() {
      tracker.close();
      assertThat(buffers).allMatch(b -> b.refCnt() == 0);
    }
  }
}
