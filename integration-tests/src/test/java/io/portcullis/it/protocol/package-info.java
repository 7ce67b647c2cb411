/** What clients and the gate agree on below the statements: limits, compression, TLS, addresses. */
@NullMarked
package io.portcullis.it.protocol;

import org.jspecify.annotations.NullMarked;
