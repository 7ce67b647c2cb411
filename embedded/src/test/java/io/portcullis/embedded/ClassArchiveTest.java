package io.portcullis.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClassArchiveTest {

  @Test
  void loadsTheClassesOfAJar() throws Exception {
    Path jar = Path.of(ByteBuf.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(ClassArchive.load(jar.toString())).isGreaterThan(100);
  }
}
