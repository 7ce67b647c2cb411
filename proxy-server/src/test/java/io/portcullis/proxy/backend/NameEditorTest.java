package io.portcullis.proxy.backend;

import static io.portcullis.proxy.backend.ResponseBytes.FULL;
import static io.portcullis.proxy.backend.ResponseBytes.renumbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.session.ResponseEnd;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.TrackedBuffers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Responses to an account, in which its schemas have the names it gave them: written once with the
 * backend's names and once with the account's, the one becomes the other however it arrives.
 */
final class NameEditorTest {

  private static final int AUTOCOMMIT = StatusFlags.AUTOCOMMIT;
  private static final int CHANGED = AUTOCOMMIT | StatusFlags.SESSION_STATE_CHANGED;
  private static final int MORE = AUTOCOMMIT | StatusFlags.MORE_RESULTS_EXISTS;
  private static final int VARCHAR = 253;

  private static byte[] lenenc(byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (value.length < 0xFB) {
      out.write(value.length);
    } else {
      out.write(0xFC);
      out.write(value.length);
      out.write(value.length >> 8);
    }
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static byte[] lenenc(String value) {
    return lenenc(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a response with schemas called so. */
  private static final class Writer {
    final boolean deprecateEof;
    final boolean extended;
    final ResponseBytes out;

    /** What schemas begin with: the account's prefix, or nothing. */
    final String p;

    Writer(String prefix, boolean deprecateEof, boolean extended) {
      this.p = prefix;
      this.deprecateEof = deprecateEof;
      this.extended = extended;
      this.out = ResponseBytes.response(deprecateEof);
    }

    Writer count(int columns) {
      out.ints(columns);
      return this;
    }

    Writer column(String schema, String table, String name, String originalName, int type) {
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      for (String text : List.of("def", schema, table, table, name, originalName)) {
        payload.writeBytes(lenenc(text));
      }
      if (extended) {
        payload.writeBytes(lenenc("\0\4json"));
      }
      payload.write(0x0c);
      payload.writeBytes(new byte[] {45, 0, 1, 0, 0, 0, (byte) type, 0, 0, 0, 0, 0});
      out.packet(payload.toByteArray());
      return this;
    }

    Writer column(String schema, String name) {
      return column(schema, "t", name, "", VARCHAR);
    }

    Writer definitionsEnd() {
      out.definitionsEnd(AUTOCOMMIT);
      return this;
    }

    Writer row(String... values) {
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      for (String value : values) {
        if (value.equals("NULL")) {
          payload.write(0xFB);
        } else {
          payload.writeBytes(lenenc(value));
        }
      }
      out.packet(payload.toByteArray());
      return this;
    }

    Writer end(int status) {
      out.end(status, 0);
      return this;
    }

    Writer error(String message) {
      out.err(1146, message);
      return this;
    }

    /** OK with session changes. */
    Writer ok(int status, byte[]... changes) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] change : changes) {
        all.writeBytes(change);
      }
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      payload.writeBytes(new byte[] {0, 1, 2, (byte) status, (byte) (status >> 8), 0, 0});
      payload.writeBytes(lenenc("info acme$"));
      payload.writeBytes(lenenc(all.toByteArray()));
      out.packet(payload.toByteArray());
      return this;
    }

    static byte[] change(int type, byte[] value) {
      byte[] content = lenenc(value);
      byte[] change = new byte[content.length + 1];
      change[0] = (byte) type;
      System.arraycopy(content, 0, change, 1, content.length);
      return change;
    }

    byte[] schema(String name) {
      return change(1, lenenc(p + name));
    }

    static byte[] variable(String name, String value) {
      byte[] first = lenenc(name);
      byte[] second = lenenc(value);
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return change(0, both);
    }
  }

  /** A response, by what schemas begin with. */
  private record Case(
      String name, CommandShape shape, boolean inRows, Function<Writer, Writer> response) {}

  private static List<Case> cases() {
    List<Case> c = new ArrayList<>();
    CommandShape query = CommandShape.QUERY;
    c.add(
        new Case(
            "columns",
            query,
            false,
            w ->
                w.count(3)
                    .column(w.p + "shop", "t", "a", "a", VARCHAR)
                    .column("", "(SELECT max(`id`) FROM " + w.p + "shop.t)")
                    .column("", "`" + w.p + "shop`.`f`() + " + w.p + "e.f()")
                    .definitionsEnd()
                    .row("acme$shop.t", "NULL", "acme$")
                    .end(AUTOCOMMIT)));
    c.add(
        new Case(
            "columns that are called like schemas",
            query,
            false,
            w ->
                w.count(2)
                    .column(w.p + "shop", "acme$t", "acme$x", "acme$x", VARCHAR)
                    .column(w.p + "shop", "t", "xacme$y.z", "xacme$y.z", VARCHAR)
                    .definitionsEnd()
                    .end(AUTOCOMMIT)));
    c.add(
        new Case(
            "name of more than 250 bytes that becomes shorter",
            query,
            false,
            w ->
                w.count(1)
                    .column("", "(SELECT 1 FROM " + w.p + "shop.t WHERE '" + "x".repeat(230) + "')")
                    .definitionsEnd()
                    .end(AUTOCOMMIT)));
    c.add(
        new Case(
            "error",
            query,
            false,
            w ->
                w.error(
                    "Table '"
                        + w.p
                        + "shop.t' and `"
                        + w.p
                        + "e`, but not xacme$y or \u00e4acme$y")));
    c.add(
        new Case(
            "error among rows",
            query,
            false,
            w ->
                w.count(1)
                    .column(w.p + "shop", "a")
                    .definitionsEnd()
                    .row("acme$a")
                    .error("'" + w.p + "shop'")));
    c.add(
        new Case(
            "error among columns",
            query,
            false,
            w -> w.count(2).column(w.p + "shop", "a").error("'" + w.p + "shop'")));
    c.add(
        new Case(
            "current schema",
            query,
            false,
            w ->
                w.ok(
                    CHANGED,
                    Writer.variable("autocommit", "acme$"),
                    w.schema("shop"),
                    Writer.change(2, lenenc("1")))));
    c.add(
        new Case(
            "results of CALL",
            query,
            false,
            w ->
                w.count(1)
                    .column(w.p + "shop", "a")
                    .definitionsEnd()
                    .row("acme$a")
                    .end(MORE)
                    .count(2)
                    .column(w.p + "e", "a")
                    .column(w.p + "e", "b")
                    .definitionsEnd()
                    .row("acme$a", "NULL")
                    .end(MORE)
                    .ok(CHANGED, w.schema("e"))));
    c.add(
        new Case(
            "definitions",
            query,
            true,
            w ->
                w.count(2)
                    .column("", "View")
                    .column("", "Create View")
                    .definitionsEnd()
                    .row(
                        "v",
                        "CREATE VIEW `v` AS select `"
                            + w.p
                            + "shop`.`t`.`a` from `"
                            + w.p
                            + "shop`.`t`")
                    .row("NULL", "NULL")
                    .row("", w.p + "shop.t")
                    .end(AUTOCOMMIT)));
    c.add(
        new Case(
            "list of tables",
            query,
            true,
            w ->
                w.count(1)
                    .column(
                        "",
                        "TABLES",
                        "Tables_in_" + w.p + "shop (a%)",
                        "Tables_in_" + w.p + "shop (a%)",
                        VARCHAR)
                    .definitionsEnd()
                    .row("t")
                    .end(AUTOCOMMIT)));
    c.add(
        new Case(
            "prepared",
            CommandShape.PREPARE,
            false,
            w -> {
              w.out.prepareOk(2, 1, 0);
              return w.column("", "?")
                  .definitionsEnd()
                  .column(w.p + "shop", "a")
                  .column(w.p + "shop", "b")
                  .definitionsEnd();
            }));
    c.add(
        new Case(
            "fields",
            CommandShape.FIELD_LIST,
            false,
            w -> w.column(w.p + "shop", "a").column(w.p + "shop", "b").end(AUTOCOMMIT)));
    c.add(new Case("USE", CommandShape.SINGLE, false, w -> w.ok(CHANGED, w.schema("shop"))));
    c.add(
        new Case(
            "binary rows of a query",
            CommandShape.EXECUTE,
            false,
            w -> {
              w.count(1).column(w.p + "shop", "a").definitionsEnd();
              w.out.packet("\0\0\6acme$x".getBytes(StandardCharsets.US_ASCII));
              return w.end(AUTOCOMMIT);
            }));
    c.add(
        new Case(
            "binary rows of definitions",
            CommandShape.EXECUTE,
            true,
            w -> {
              int[] types = {VARCHAR, 1, 2, 13, 3, 9, 4, 8, 5, 12, 7, 10, 11, VARCHAR, 246};
              w.count(types.length);
              for (int type : types) {
                w.column(w.p + "shop", "t", "a", "a", type);
              }
              w.definitionsEnd();
              ByteArrayOutputStream row = new ByteArrayOutputStream();
              // the fourteenth is NULL
              row.writeBytes(new byte[] {0, 0, (byte) (1 << 7), 0});
              row.writeBytes(lenenc(w.p + "shop.t"));
              row.writeBytes("1".getBytes(StandardCharsets.US_ASCII));
              row.writeBytes("22yy".getBytes(StandardCharsets.US_ASCII));
              row.writeBytes("4444iiiiffff".getBytes(StandardCharsets.US_ASCII));
              row.writeBytes("acme$acm".getBytes(StandardCharsets.US_ASCII)); // a number
              row.writeBytes("dddddddd".getBytes(StandardCharsets.US_ASCII));
              row.writeBytes("\7acme$ss\0\4dddd\10tttttttt".getBytes(StandardCharsets.US_ASCII));
              row.writeBytes(lenenc("`" + w.p + "e`"));
              w.out.packet(row.toByteArray());
              return w.end(AUTOCOMMIT);
            }));
    return c;
  }

  private static byte[] bytes(Case c, String prefix, boolean deprecateEof, boolean extended) {
    return c.response().apply(new Writer(prefix, deprecateEof, extended)).out.bytes();
  }

  @TestFactory
  Stream<DynamicTest> schemasAreShownAsTheAccountCallsThemHoweverTheyArrive() {
    return cases().stream()
        .flatMap(
            c ->
                Stream.of(false, true)
                    .flatMap(
                        eof ->
                            Stream.of(false, true)
                                .map(
                                    extended ->
                                        dynamicTest(
                                            c.name()
                                                + (eof ? ", no EOF" : ", EOF")
                                                + (extended ? ", extended" : ""),
                                            () -> check(c, eof, extended)))));
  }

  private static void check(Case c, boolean deprecateEof, boolean extended) {
    byte[] received = bytes(c, "acme$", deprecateEof, extended);
    byte[] expected = bytes(c, "", deprecateEof, extended);
    ResponseEdit edit = new ResponseEdit(0, false, new ResponseEdit.Names("acme$", c.inRows()));
    ResponseEnd end =
        relayed(c.shape(), deprecateEof, extended, edit, received, expected, List.of());
    for (int split = 1; split < received.length; split++) {
      assertThat(
              relayed(c.shape(), deprecateEof, extended, edit, received, expected, List.of(split)))
          .isEqualTo(end);
    }
    List<Integer> everyByte = IntStream.range(1, received.length).boxed().toList();
    assertThat(relayed(c.shape(), deprecateEof, extended, edit, received, expected, everyByte))
        .isEqualTo(end);
    ResponseEdit moved = new ResponseEdit(250, false, new ResponseEdit.Names("acme$", c.inRows()));
    byte[] renumbered = renumbered(expected, 250);
    relayed(c.shape(), deprecateEof, extended, moved, received, renumbered, List.of());
    relayed(c.shape(), deprecateEof, extended, moved, received, renumbered, everyByte);

    // and with the account's own names nothing is changed
    ResponseEdit other = new ResponseEdit(0, false, new ResponseEdit.Names("acme2$", c.inRows()));
    relayed(c.shape(), deprecateEof, extended, other, received, received, List.of());
    relayed(c.shape(), deprecateEof, extended, ResponseEdit.NONE, received, received, everyByte);
  }

  private static ResponseEnd relayed(
      CommandShape shape,
      boolean deprecateEof,
      boolean extended,
      ResponseEdit edit,
      byte[] received,
      byte[] expected,
      List<Integer> splits) {
    TrackedBuffers buffers = new TrackedBuffers();
    ResponseTracker tracker =
        new ResponseTracker(buffers.allocator(), deprecateEof, true, extended, false);
    tracker.begin(shape, edit);
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    int from = 0;
    for (int i = 0; i <= splits.size(); i++) {
      int to = i < splits.size() ? splits.get(i) : received.length;
      ByteBuf in = buffers.of(Arrays.copyOfRange(received, from, to));
      tracker.accept(
          in,
          new ResponseTracker.Output() {
            @Override
            public void chunk(ByteBuf framed) {
              passed.writeBytes(TrackedBuffers.bytes(framed));
            }

            @Override
            public void localInfileRequested(int nextSequence) {
              throw new AssertionError(nextSequence);
            }
          });
      in.release();
      from = to;
    }
    assertThat(text(passed.toByteArray())).isEqualTo(text(expected));
    assertThat(passed.toByteArray()).isEqualTo(expected);
    assertThat(tracker.ended()).isTrue();
    ResponseEnd end = tracker.end();
    tracker.close();
    buffers.assertNothingLeaked();
    return end;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void moreResultsAreAnnouncedInAnEditedPacket() {
    byte[] received =
        new Writer("acme$", true, false)
            .ok(CHANGED, Writer.change(1, lenenc("acme$e")))
            .out
            .bytes();
    byte[] expected =
        new Writer("", true, false)
            .ok(CHANGED | StatusFlags.MORE_RESULTS_EXISTS, Writer.change(1, lenenc("e")))
            .out
            .bytes();
    relayed(
        CommandShape.QUERY,
        true,
        false,
        new ResponseEdit(0, true, new ResponseEdit.Names("acme$", false)),
        received,
        expected,
        List.of(7));
  }

  /** Whatever is in them: they are not held back to be looked at. */
  @TestFactory
  Stream<DynamicTest> rowsOfSeveralPacketsPassAsTheyAre() {
    return Stream.of(FULL, FULL + 100)
        .map(
            length ->
                dynamicTest(
                    Integer.toString(length),
                    () -> {
                      byte[] row = new byte[length];
                      Arrays.fill(row, (byte) '$');
                      byte[] begin = {(byte) 0xFD, 0, 0, 0, 'a', 'c', 'm', 'e', '$'};
                      System.arraycopy(begin, 0, row, 0, begin.length);
                      int value = length - 4;
                      row[1] = (byte) value;
                      row[2] = (byte) (value >> 8);
                      row[3] = (byte) (value >> 16);
                      Function<Writer, Writer> response =
                          w -> {
                            w.count(1).column(w.p + "shop", "a").definitionsEnd();
                            w.out.packet(row);
                            return w.row(w.p + "shop.t").end(AUTOCOMMIT);
                          };
                      byte[] received =
                          response.apply(new Writer("acme$", true, false)).out.bytes();
                      byte[] expected = response.apply(new Writer("", true, false)).out.bytes();
                      relayed(
                          CommandShape.QUERY,
                          true,
                          false,
                          new ResponseEdit(0, false, new ResponseEdit.Names("acme$", true)),
                          received,
                          expected,
                          List.of(1000, FULL, FULL + 50));
                    }));
  }

  /** The number of a statement can have the bytes of a prefix, and begins like an OK. */
  @Test
  void theAnswerToAPrepareIsNoOk() {
    int parameters = 200; // read as an OK, the length of a text that is not there
    byte[] prepareOk = {0, 'a', '$', 0, 0x40, 0, 0, (byte) parameters, 0, 0, 0, 0};
    Writer response = new Writer("", true, false);
    response.out.packet(prepareOk);
    for (int i = 0; i < parameters; i++) {
      response.column("", "?");
    }
    byte[] bytes = response.out.bytes();
    relayed(
        CommandShape.PREPARE,
        true,
        false,
        new ResponseEdit(0, false, new ResponseEdit.Names("a$", false)),
        bytes,
        bytes,
        List.of());
  }

  /** What is not whole yet is given up with the connection. */
  @Test
  void nothingIsLeftOfAResponseThatBreaksOff() {
    for (Case c : cases()) {
      byte[] received = bytes(c, "acme$", true, false);
      for (int length = 1; length < received.length; length++) {
        TrackedBuffers buffers = new TrackedBuffers();
        ResponseTracker tracker =
            new ResponseTracker(buffers.allocator(), true, true, false, false);
        tracker.begin(
            c.shape(), new ResponseEdit(0, false, new ResponseEdit.Names("acme$", c.inRows())));
        ByteBuf in = buffers.of(Arrays.copyOf(received, length));
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
        tracker.close();
        buffers.assertNothingLeaked();
      }
    }
  }

  @Test
  void nothingIsLeftOfADefinitionThatIsBroken() {
    TrackedBuffers buffers = new TrackedBuffers();
    ResponseTracker tracker = new ResponseTracker(buffers.allocator(), true, true, false, false);
    tracker.begin(
        CommandShape.QUERY, new ResponseEdit(0, false, new ResponseEdit.Names("acme$", false)));
    ResponseBytes broken = ResponseBytes.response(true).ints(1);
    broken.packet("\3def\11acme$shop\1t\177".getBytes(StandardCharsets.US_ASCII));
    ByteBuf in = buffers.of(broken.bytes());
    assertThatThrownBy(
            () ->
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
                    }))
        .isInstanceOf(ProtocolException.class);
    in.release();
    tracker.close();
    buffers.assertNothingLeaked();
  }
}
