/**
 * From the text of a statement to the verdict on it: tokenize, look up the analysis, decide. Values
 * in, values out; no channel is in sight here.
 */
@NullMarked
package io.portcullis.proxy.statement;

import org.jspecify.annotations.NullMarked;
