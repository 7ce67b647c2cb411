package io.portcullis.privilege.dcl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.InMemoryCatalogStore;
import io.portcullis.privilege.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private final SnapshotPublisher publisher = new SnapshotPublisher();
  private final CatalogWriter writer = new CatalogWriter(new InMemoryCatalogStore(), publisher);
  private final Bootstrap bootstrap =
      new Bootstrap(writer, new SecureRandom(), Clock.systemUTC(), false);

  @BeforeEach
  void load() throws StoreException {
    writer.reload();
  }

  @Test
  void passwordIsMadeAndHandedBackOnce() throws StoreException {
    String password = bootstrap.run("root", Optional.empty()).orElseThrow();

    User root = publisher.current().state().users().iterator().next();
    assertThat(
            PasswordVerifier.verifySha2(
                root.verifiers(), password.getBytes(StandardCharsets.UTF_8)))
        .isTrue();
    assertThat(root.verifiers().nativePassword()).isEmpty();
    assertThat(bootstrap.run("root", Optional.empty())).isEmpty();
    assertThat(bootstrap.run("other", Optional.of("pw"))).isEmpty();
    assertThat(publisher.current().state().users()).hasSize(1);
    assertThat(publisher.current().epoch()).isEqualTo(1);
  }

  @Test
  void configuredPasswordIsNotHandedBack() throws StoreException {
    assertThat(bootstrap.run("root", Optional.of("configured"))).isEmpty();
    assertThat(publisher.current().state().users()).hasSize(1);
  }

  @Test
  void whatNoUserCouldHaveIsRefused() {
    assertThatThrownBy(() -> bootstrap.run("a:b", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bootstrap.run("root", Optional.of("")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
