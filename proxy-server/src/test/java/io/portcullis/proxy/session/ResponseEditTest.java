package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResponseEditTest {

  private static final ResponseEdit.Names NAMES = new ResponseEdit.Names("acme$", false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Unknown database 'acme$shop'              | Unknown database 'shop'",
        "acme$shop.t and `acme$shop`.`u`           | shop.t and `shop`.`u`",
        "acme$acme$x                               | acme$x",
        "macme$shop, _acme$shop, 1acme$shop, $acme$| macme$shop, _acme$shop, 1acme$shop, $acme$",
        "\u00e4acme$shop                           | \u00e4acme$shop",
        "nothing of it, acme                       | nothing of it, acme"
      })
  void aTextIsShownWithTheNamesOfTheAccount(String text, String shown) {
    assertThat(NAMES.logical(text)).isEqualTo(shown);
  }
}
