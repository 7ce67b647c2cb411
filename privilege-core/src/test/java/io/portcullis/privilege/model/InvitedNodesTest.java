package io.portcullis.privilege.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The list of addresses of an account (PM 7.2, 7.5). */
final class InvitedNodesTest {

  private static void admits(String list, String host) {
    assertThat(InvitedNodes.of(list).admits(host)).as("%s of %s", host, list).isTrue();
  }

  private static void keepsOut(String list, String host) {
    assertThat(InvitedNodes.of(list).admits(host)).as("%s of %s", host, list).isFalse();
  }

  private static void refused(String list, String why) {
    assertThat(InvitedNodes.refusal(list)).as(list).contains(why);
  }

  @Test
  void anAddressIsAdmittedByItselfOrByItsNetwork() {
    admits("192.168.1.1, 10.0.0.0/8", "192.168.1.1");
    keepsOut("192.168.1.1, 10.0.0.0/8", "192.168.1.2");
    admits("192.168.1.1, 10.0.0.0/8", "10.255.0.7");
    keepsOut("192.168.1.1, 10.0.0.0/8", "11.0.0.0");
    admits("192.168.1.128/25", "192.168.1.129");
    keepsOut("192.168.1.128/25", "192.168.1.127");
    admits("0.0.0.0/0", "203.0.113.9");
    admits("fd00::/8", "fd12::1");
    keepsOut("fd00::/8", "fe80::1");
    keepsOut("0.0.0.0/0", "fd12::1");
    admits("*", "203.0.113.9");
  }

  @Test
  void thisMachineIsAlwaysAdmitted() {
    admits("192.168.1.1", "127.0.0.1");
    admits("192.168.1.1", "::1");
  }

  @Test
  void whatIsNoAddressIsKeptOutAndNotResolved() {
    keepsOut("192.168.1.1", "localhost");
    keepsOut("192.168.1.1", "");
    keepsOut("192.168.1.1", "300.1.1.1");
  }

  @Test
  void aListThatIsNoneIsRefused() {
    refused("", "invited_nodes is empty");
    refused("  ", "invited_nodes is empty");
    refused("192.168.1.1, 10.0.0.0/33, invalid_ip", "invalid CIDR: 10.0.0.0/33");
    refused("192.168.1.1, invalid_ip", "invalid IP: invalid_ip");
    refused("192.168.1.1, *", "invited_nodes contains '*', it should be the only element");
    refused("192.168.1.1,", "invalid IP: ");
    refused("256.1.1.1", "invalid IP: 256.1.1.1");
    refused("::1/129", "invalid CIDR: ::1/129");
    assertThat(InvitedNodes.refusal("127.0.0.1,192.168.1.1/24")).isEmpty();
    assertThat(InvitedNodes.refusal("*")).isEmpty();
  }
}
