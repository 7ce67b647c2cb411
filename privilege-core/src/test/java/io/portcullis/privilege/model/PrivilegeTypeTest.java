package io.portcullis.privilege.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PrivilegeTypeTest {

  /** Codes are stored, and bits of a long: two privileges with one would be one. */
  @Test
  void everyPrivilegeHasACodeAndABitOfItsOwn() {
    Set<Long> bits = new HashSet<>();
    for (PrivilegeType type : PrivilegeType.values()) {
      assertThat(bits.add(type.bit())).as("%s", type).isTrue();
      assertThat(Long.numberOfTrailingZeros(type.bit())).as("%s", type).isEqualTo(type.code());
      assertThat(PrivilegeType.ofCode(type.code())).contains(type);
    }
  }
}
