/** The packets of the connection phase, both ways. */
@NullMarked
package io.portcullis.proxy.wire.handshake;

import org.jspecify.annotations.NullMarked;
