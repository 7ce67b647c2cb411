/** How much of what servers accept the gate understands: measured on their own test suites. */
@NullMarked
package io.portcullis.it.coverage;

import org.jspecify.annotations.NullMarked;
