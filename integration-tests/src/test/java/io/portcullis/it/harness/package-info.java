/** The servers under test: the backend, the gate before it, and the ways to reach them. */
@NullMarked
package io.portcullis.it.harness;

import org.jspecify.annotations.NullMarked;
