/**
 * Queries by way of JSqlParser: the canonical text it is given, the walk over its tree, and the
 * cross-check of the tree against the tokens. The only package that knows JSqlParser.
 */
@NullMarked
package io.portcullis.sql.parser.jsql;

import org.jspecify.annotations.NullMarked;
