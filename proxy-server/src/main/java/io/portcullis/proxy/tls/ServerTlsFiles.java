package io.portcullis.proxy.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * The files of the clients' side: certificate chain, unencrypted private key (PKCS#8 or PKCS#1),
 * and, where clients show certificates, the authorities these must come from.
 */
public record ServerTlsFiles(Path certificateChain, Path privateKey, Optional<Path> authorities) {

  private static final String BEGIN_PKCS8 = "-----BEGIN PRIVATE KEY-----";
  private static final String END_PKCS8 = "-----END PRIVATE KEY-----";

  /** What shows that a file was replaced. */
  record Stamp(List<FileTime> modified, List<Long> sizes) {}

  private Stream<Path> all() {
    return Stream.concat(Stream.of(certificateChain, privateKey), authorities.stream());
  }

  private void requireReadable() throws IOException {
    for (Path file : all().toList()) {
      if (!Files.isReadable(file)) {
        throw new IOException("TLS: file " + file + " is not readable");
      }
    }
  }

  Stamp stamp() throws IOException {
    requireReadable();
    List<FileTime> modified = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (Path file : all().toList()) {
      modified.add(Files.getLastModifiedTime(file));
      sizes.add(Files.size(file));
    }
    return new Stamp(List.copyOf(modified), List.copyOf(sizes));
  }

  /**
   * Reads them.
   *
   * @throws IOException when a file is not readable or not what it should be, or the key is not the
   *     certificate's; the message names it
   */
  SslContext load(boolean clientCertificateRequired) throws IOException {
    requireReadable();
    X509Certificate[] chain = certificates(certificateChain);
    PrivateKey key = key(chain[0].getPublicKey().getAlgorithm());
    try {
      if (!belongTogether(chain[0].getPublicKey(), key)) {
        throw new IOException(
            "TLS: the key in " + privateKey + " is not that of " + certificateChain);
      }
      SslContextBuilder builder =
          SslContextBuilder.forServer(key, chain).protocols(TlsContexts.PROTOCOLS);
      if (authorities.isPresent()) {
        builder
            .trustManager(certificates(authorities.get()))
            .clientAuth(clientCertificateRequired ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
      }
      return builder.build();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "TLS: no certificate and key in " + certificateChain + " and " + privateKey, e);
    }
  }

  private static X509Certificate[] certificates(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate[] found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      if (found.length > 0) {
        return found;
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS: no certificates in " + file, e);
    }
    throw new IOException("TLS: no certificates in " + file);
  }

  /**
   * @param expected the algorithm of the certificate's key
   */
  private PrivateKey key(String expected) throws IOException {
    String text;
    try {
      text = Files.readString(privateKey, StandardCharsets.US_ASCII);
    } catch (CharacterCodingException e) {
      throw new IOException("TLS: no private key in " + privateKey, e);
    }
    Optional<PrivateKey> plain = pkcs8(text, expected);
    return plain.isPresent() ? plain.get() : keyOfAnotherForm(text);
  }

  /** What the platform reads itself, as the gate's own key: a library takes a start's fifth. */
  private static Optional<PrivateKey> pkcs8(String text, String algorithm) {
    int begin = text.indexOf(BEGIN_PKCS8);
    int end = text.indexOf(END_PKCS8);
    if (begin < 0 || end < begin) {
      return Optional.empty();
    }
    String encoded = text.substring(begin + BEGIN_PKCS8.length(), end);
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm)
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(encoded))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private PrivateKey keyOfAnotherForm(String text) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (part instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
      }
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      throw new IOException("TLS: no private key in " + privateKey, e);
    }
    throw new IOException("TLS: no private key in " + privateKey + ", or it is encrypted");
  }

  /** A pair of which one file is replaced already and the other not yet is no pair. */
  private static boolean belongTogether(PublicKey certified, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm = certified.getAlgorithm();
    String signing =
        switch (algorithm) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> algorithm; // Ed25519 and its kin are called as their keys
        };
    byte[] probe = "portcullis".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance(signing);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(probe);
      return signature.verify(signed);
    } catch (java.security.InvalidKeyException | java.security.SignatureException e) {
      return false;
    }
  }
}
