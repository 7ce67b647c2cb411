/** The privilege model as a client meets it. */
@NullMarked
package io.portcullis.it.model;

import org.jspecify.annotations.NullMarked;
