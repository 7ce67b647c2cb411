/** Where the catalog is kept: the contract of stores, an in-memory one, and the single writer. */
@NullMarked
package io.portcullis.privilege.store;

import org.jspecify.annotations.NullMarked;
