/** What happens when one of the three, client, gate or backend, breaks. */
@NullMarked
package io.portcullis.it.failure;

import org.jspecify.annotations.NullMarked;
