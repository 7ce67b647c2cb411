/** The command line: what can be typed, what it answers, and its exit codes. */
@NullMarked
package io.portcullis.proxy.cli;

import org.jspecify.annotations.NullMarked;
