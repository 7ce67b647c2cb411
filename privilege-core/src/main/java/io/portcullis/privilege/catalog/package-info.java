/**
 * The state of the catalog and the changes that lead from one state to the next, as pure functions.
 */
@NullMarked
package io.portcullis.privilege.catalog;

import org.jspecify.annotations.NullMarked;
