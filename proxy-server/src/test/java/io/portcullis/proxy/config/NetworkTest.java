package io.portcullis.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,      10.255.1.2,     true",
    "10.0.0.0/8,      11.0.0.0,       false",
    "192.0.2.128/25,  192.0.2.200,    true",
    "192.0.2.128/25,  192.0.2.127,    false",
    "192.0.2.7,       192.0.2.7,      true",
    "192.0.2.7,       192.0.2.6,      false",
    "0.0.0.0/0,       203.0.113.9,    true",
    "0.0.0.0/0,       2001:db8::1,    false",
    "2001:db8::/33,   2001:db8:7fff::1, true",
    "2001:db8::/33,   2001:db8:8000::1, false",
    "::1,             ::1,            true",
    "10.0.0.0/8,      ::ffff:10.1.1.1, true",
  })
  void addressIsOfTheNetworkWhoseBitsItBeginsWith(String network, String address, boolean inside)
      throws Exception {
    Network parsed = Network.list("key", network).get(0);

    assertThat(parsed.contains(InetAddress.getByName(address))).isEqualTo(inside);
  }
}
