/**
 * The statement grammar over our own tokens. Everything but the inside of queries is read here;
 * queries and expressions go to a {@link io.portcullis.sql.parser.QueryReader}. What is not
 * understood to its last token is refused.
 */
@NullMarked
package io.portcullis.sql.parser;

import org.jspecify.annotations.NullMarked;
