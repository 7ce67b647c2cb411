/** The MySQL client/server protocol below messages: packet framing, numbers, strings and flags. */
@NullMarked
package io.portcullis.proxy.wire;

import org.jspecify.annotations.NullMarked;
