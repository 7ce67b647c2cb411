/**
 * The clients' end of the data path: listener, TLS, and the Netty handler that is a session's
 * {@code FrontendPort}.
 */
@NullMarked
package io.portcullis.proxy.frontend;

import org.jspecify.annotations.NullMarked;
