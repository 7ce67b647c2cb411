/**
 * The gate's own tables: what {@code mo_catalog} and the role views of information_schema are made
 * of, and which rows of them a subject sees. Pure: from a snapshot to rows, no I/O.
 */
@NullMarked
package io.portcullis.privilege.report;

import org.jspecify.annotations.NullMarked;
