/**
 * What a statement touches and how, in SQL terms; which privilege that takes is decided elsewhere.
 */
@NullMarked
package io.portcullis.sql.access;

import org.jspecify.annotations.NullMarked;
