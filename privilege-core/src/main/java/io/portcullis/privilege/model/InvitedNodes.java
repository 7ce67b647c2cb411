package io.portcullis.privilege.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses from where the users of an account may log in (PM 7.5): this machine always, and what
 * is listed. Immutable. No name is ever resolved.
 */
public final class InvitedNodes {

  private static final String ALL = "*";

  private static final Pattern IPV4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  private static final int MAX_OCTET = 255;

  public static final InvitedNodes EVERYWHERE = new InvitedNodes(true, List.of());

  private final boolean all;
  private final List<Block> blocks;

  /** Addresses that have the first {@code bits} in common. */
  private record Block(InetAddress address, int bits) {
    boolean contains(InetAddress other) {
      byte[] own = address.getAddress();
      byte[] theirs = other.getAddress();
      if (own.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit & 7);
        if ((own[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private InvitedNodes(boolean all, List<Block> blocks) {
    this.all = all;
    this.blocks = List.copyOf(blocks);
  }

  /**
   * @param list one that {@link #refusal} has nothing against
   */
  static InvitedNodes of(String list) {
    if (list.strip().equals(ALL)) {
      return EVERYWHERE;
    }
    List<Block> blocks = new ArrayList<>();
    for (String entry : list.split(",", -1)) {
      blocks.add(
          block(entry.strip())
              .orElseThrow(() -> new IllegalArgumentException("invited node: " + entry)));
    }
    return new InvitedNodes(false, blocks);
  }

  /** Why this is no list of addresses; empty when it is one. */
  public static Optional<String> refusal(String list) {
    if (list.isBlank()) {
      return Optional.of("invited_nodes is empty");
    }
    String[] entries = list.split(",", -1);
    for (String each : entries) {
      String entry = each.strip();
      if (entry.equals(ALL)) {
        if (entries.length > 1) {
          return Optional.of("invited_nodes contains '*', it should be the only element");
        }
      } else if (block(entry).isEmpty()) {
        return Optional.of((entry.indexOf('/') >= 0 ? "invalid CIDR: " : "invalid IP: ") + entry);
      }
    }
    return Optional.empty();
  }

  /** Whether a client may log in from there; one whose address cannot be read may not. */
  public boolean admits(String host) {
    if (all) {
      return true;
    }
    Optional<InetAddress> address = address(host);
    return address.isPresent()
        && (address.get().isLoopbackAddress()
            || blocks.stream().anyMatch(block -> block.contains(address.get())));
  }

  private static Optional<Block> block(String entry) {
    int slash = entry.indexOf('/');
    Optional<InetAddress> address = address(slash < 0 ? entry : entry.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int width = address.get().getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return Optional.of(new Block(address.get(), width));
    }
    String bits = entry.substring(slash + 1);
    if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > width) {
      return Optional.empty();
    }
    return Optional.of(new Block(address.get(), Integer.parseInt(bits)));
  }

  private static Optional<InetAddress> address(String text) {
    try {
      Matcher quad = IPV4.matcher(text);
      if (quad.matches()) {
        byte[] octets = new byte[quad.groupCount()];
        for (int i = 0; i < octets.length; i++) {
          int octet = Integer.parseInt(quad.group(i + 1));
          if (octet > MAX_OCTET) {
            return Optional.empty();
          }
          octets[i] = (byte) octet;
        }
        return Optional.of(InetAddress.getByAddress(octets));
      }
      // With a colon in it there is nothing to resolve.
      return IPV6.matcher(text).matches()
          ? Optional.of(InetAddress.getByName(text))
          : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
