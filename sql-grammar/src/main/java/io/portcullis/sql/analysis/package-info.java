/** From tokens to what a statement asks for, remembered by the statement's key. */
@NullMarked
package io.portcullis.sql.analysis;

import org.jspecify.annotations.NullMarked;
