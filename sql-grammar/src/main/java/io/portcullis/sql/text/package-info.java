/**
 * Statement text and its lexical mode, spans, refusals and error codes: the vocabulary every module
 * shares.
 */
@NullMarked
package io.portcullis.sql.text;

import org.jspecify.annotations.NullMarked;
