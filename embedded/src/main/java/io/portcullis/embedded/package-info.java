/** A real MariaDB in a directory of its own, and the gate in front of it, in one JVM. */
@NullMarked
package io.portcullis.embedded;

import org.jspecify.annotations.NullMarked;
