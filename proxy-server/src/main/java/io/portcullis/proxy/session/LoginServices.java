package io.portcullis.proxy.session;

import io.portcullis.privilege.credential.FastAuthCache;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.proxy.auth.RsaKeys;
import java.security.SecureRandom;
import java.util.concurrent.Executor;

/**
 * What logins need besides the catalog.
 *
 * @param tlsOffered whether clients may ask for TLS
 * @param tlsRequired whether a login without TLS is refused (3159)
 * @param nativePassword whether mysql_native_password is accepted from clients that ask for it
 * @param defaultPlugin the plugin the greeting names
 * @param decoy what the password of a user that does not exist is checked against
 * @param times notes who has logged in when
 * @param authentication runs the slow password check, some milliseconds each; bounded
 */
public record LoginServices(
    boolean tlsOffered,
    boolean tlsRequired,
    boolean nativePassword,
    String defaultPlugin,
    Verifiers decoy,
    RsaKeys rsaKeys,
    FastAuthCache fastAuth,
    SecureRandom random,
    LoginTimes times,
    Executor authentication) {}
