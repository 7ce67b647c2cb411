/**
 * Statement text to tokens with exact offsets, by the backend's own lexical rules; splits texts of
 * several statements and computes the key under which a statement is remembered.
 */
@NullMarked
package io.portcullis.sql.lexer;

import org.jspecify.annotations.NullMarked;
