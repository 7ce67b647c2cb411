/** Executes statements about users, roles and grants: who may, what changes, what is shown. */
@NullMarked
package io.portcullis.privilege.dcl;

import org.jspecify.annotations.NullMarked;
