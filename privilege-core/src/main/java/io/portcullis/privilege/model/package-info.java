/** Ids, accounts, users, roles, objects, privileges and grants: values with their invariants. */
@NullMarked
package io.portcullis.privilege.model;

import org.jspecify.annotations.NullMarked;
