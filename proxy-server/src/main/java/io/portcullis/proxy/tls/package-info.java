/** TLS contexts for both sides of the data path. */
@NullMarked
package io.portcullis.proxy.tls;

import org.jspecify.annotations.NullMarked;
