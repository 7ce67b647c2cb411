/** One suite of driver calls, run straight to the server and through the gate. */
@NullMarked
package io.portcullis.it.driver;

import org.jspecify.annotations.NullMarked;
