package io.portcullis.privilege.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test vectors of the SHA-crypt specification, and one of MySQL's 20-byte salts. */
class Sha256CryptTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Hello world! | saltstring | 5000 | 5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
        "Hello world! | saltstringsaltst | 10000 | 3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA",
        "This is just a test | toolongsaltstrin | 5000 | Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5",
        "a very much longer text to encrypt.  This one even stretches over morethan one line."
            + " | anotherlongsalts | 1400 | Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1",
        "we have a short salt string but not a short password | short | 77777"
            + " | JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/",
        "a short string | asaltof16chars.. | 123456 | gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD",
        "the minimum number is still observed | roundstoolow | 1000"
            + " | yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC"
      })
  void digestIsTheOneOfTheSpecification(String password, String salt, int rounds, String expected) {
    byte[] digest =
        Sha256Crypt.digest(
            password.getBytes(StandardCharsets.UTF_8),
            salt.getBytes(StandardCharsets.US_ASCII),
            rounds);

    assertThat(new String(digest, StandardCharsets.US_ASCII)).isEqualTo(expected);
  }
}
