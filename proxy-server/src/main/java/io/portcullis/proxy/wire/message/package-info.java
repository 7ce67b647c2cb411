/** The packets a server sends in the command phase: OK, ERR, EOF and result sets. */
@NullMarked
package io.portcullis.proxy.wire.message;

import org.jspecify.annotations.NullMarked;
