/**
 * The catalog compiled for decisions: effective privileges per set of roles, and its publication.
 */
@NullMarked
package io.portcullis.privilege.snapshot;

import org.jspecify.annotations.NullMarked;
