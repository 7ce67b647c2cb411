package io.portcullis.proxy.config;

import java.util.List;

/**
 * Where clients connect.
 *
 * @param port 0 for any free one
 * @param proxyProtocolNetworks load balancers, which must say by the PROXY protocol whose
 *     connection it is; nobody else may
 */
public record ListenConfig(String address, int port, List<Network> proxyProtocolNetworks) {
  public static final ListenConfig DEFAULT = new ListenConfig("127.0.0.1", 3307, List.of());

  public ListenConfig {
    Checks.notBlank("address", address);
    Checks.range("port", port, 0, 65535);
    proxyProtocolNetworks = List.copyOf(proxyProtocolNetworks);
  }

  /** Without load balancers. */
  public ListenConfig(String address, int port) {
    this(address, port, List.of());
  }

  static ListenConfig read(Section section) {
    return section.build(
        () ->
            new ListenConfig(
                section.text("address", DEFAULT.address),
                section.integer("port", DEFAULT.port),
                Network.list(
                    "proxy_protocol_networks", section.text("proxy_protocol_networks", ""))),
        DEFAULT);
  }
}
