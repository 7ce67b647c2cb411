package io.portcullis.proxy.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Addresses that begin with the same bits, as in {@code 10.0.0.0/8}. */
public record Network(InetAddress address, int prefix) {

  /** What is looked up nowhere: a name is no network. */
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  public Network {
    int bits = address.getAddress().length * 8;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("prefix: " + prefix + " (expected: 0.." + bits + ")");
    }
  }

  /** Networks and single addresses, with commas between them. */
  static List<Network> list(String key, String text) {
    List<Network> networks = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      networks.add(parse(key, part.trim()));
    }
    return List.copyOf(networks);
  }

  private static Network parse(String key, String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    try {
      if (LITERAL.matcher(literal).matches()) {
        InetAddress address = InetAddress.getByName(literal);
        int prefix =
            slash < 0
                ? address.getAddress().length * 8
                : Integer.parseInt(text.substring(slash + 1));
        return new Network(address, prefix);
      }
    } catch (UnknownHostException | IllegalArgumentException e) {
      // told below, with the key
    }
    throw new IllegalArgumentException(
        key + ": " + text + " (expected: networks such as 10.0.0.0/8, fd00::/8 or 192.0.2.7)");
  }

  public boolean contains(InetAddress other) {
    byte[] ours = address.getAddress();
    byte[] theirs = other.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit & 7);
      if (((ours[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }
}
