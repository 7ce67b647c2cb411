/** The catalog store and the control path on a real server. */
@NullMarked
package io.portcullis.it.store;

import org.jspecify.annotations.NullMarked;
