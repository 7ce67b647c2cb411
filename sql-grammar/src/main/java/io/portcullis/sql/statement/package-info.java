/** What a client's statement asks for, as closed types. */
@NullMarked
package io.portcullis.sql.statement;

import org.jspecify.annotations.NullMarked;
