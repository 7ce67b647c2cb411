package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.sql.text.ClientCharset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BareNameTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  @Test
  void everyoneReadsAsciiAlike() {
    for (ClientCharset charset : ClientCharset.values()) {
      assertThat(BareName.isReadAlike("sales_2 x", charset)).isTrue();
      assertThat(BareName.isReadAlike("sales\0x", charset)).isFalse();
    }
  }

  @Test
  void lettersAreReadAlikeInUnicodeOnly() {
    assertThat(BareName.isReadAlike("caf\u00e9", ClientCharset.UTF8MB4)).isTrue();
    assertThat(BareName.isReadAlike("caf\u00e9", ClientCharset.UTF8MB3)).isTrue();
    assertThat(BareName.isReadAlike("caf\u00e9", ClientCharset.LATIN1)).isFalse();
    assertThat(BareName.isReadAlike("caf\u00c3\u00a9", ClientCharset.BINARY)).isFalse();
    assertThat(BareName.isReadAlike("\ufffd", ClientCharset.UTF8MB4)).isFalse();
    assertThat(BareName.isReadAlike("\ud83d\ude00", ClientCharset.UTF8MB4)).isFalse();
  }

  @Test
  void commandsThatNameWhatTheBackendReadsDifferentlyAreRefused() {
    gate.backend.charset = "binary";
    TestClient client = gate.root();
    assertThat(client.command(CommandByte.INIT_DB, "caf\u00e9").errno()).isEqualTo(1235);
    client.command(CommandByte.INIT_DB, "d").ok();
    assertThat(client.command(CommandByte.FIELD_LIST, "caf\u00e9\0").errno()).isEqualTo(1235);
    assertThat(gate.backend.commands()).containsExactly("COM_INIT_DB");
  }

  @Test
  void inUnicodeTheyAreSent() {
    TestClient client = gate.root();
    client.command(CommandByte.INIT_DB, "caf\u00e9").ok();
  }
}
