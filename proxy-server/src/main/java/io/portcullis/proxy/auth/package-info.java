/** Logins: server side toward clients, client side toward backends; state machines without I/O. */
@NullMarked
package io.portcullis.proxy.auth;

import org.jspecify.annotations.NullMarked;
