package io.portcullis.proxy.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate of our own making, kept in two files that only their owner can read. Clients see
 * the same one after a restart, so they can pin it.
 */
final class SelfSignedCertificate {
  static final String CERTIFICATE_FILE = "portcullis-cert.pem";
  static final String KEY_FILE = "portcullis-key.pem";

  private static final Duration LIFETIME = Duration.ofDays(3650);

  private SelfSignedCertificate() {}

  /** Makes both files in {@code directory} unless both are there. */
  static void ensure(Path directory, Clock clock, SecureRandom random) throws IOException {
    Path certificate = directory.resolve(CERTIFICATE_FILE);
    Path key = directory.resolve(KEY_FILE);
    if (Files.exists(certificate) && Files.exists(key)) {
      return;
    }
    Files.createDirectories(directory);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      writePrivate(key, pem(new JcaPKCS8Generator(pair.getPrivate(), null)));
      writePrivate(certificate, pem(certificate(pair, clock, random)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("self-signed certificate: " + e.getMessage(), e);
    }
  }

  private static Object certificate(KeyPair pair, Clock clock, SecureRandom random)
      throws OperatorCreationException, CertIOException {
    Instant now = clock.instant();
    X500Name name = new X500Name("CN=Portcullis self-signed");
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(126, random).add(BigInteger.ONE),
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(LIFETIME)),
            name,
            pair.getPublic());
    // Its own authority: a client that is given the file can verify it, and the name localhost.
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
              new GeneralName(GeneralName.iPAddress, "::1")
            }));
    return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  /** Never readable by others, not even for a moment; whole or not there. */
  private static void writePrivate(Path file, String text) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    boolean posix = Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null;
    Path temporary =
        posix
            ? Files.createTempFile(
                directory,
                ".new",
                ".pem",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
            : Files.createTempFile(directory, ".new", ".pem");
    try {
      Files.writeString(temporary, text, StandardCharsets.US_ASCII);
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
