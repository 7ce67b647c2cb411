/** Who may do what: subjects, the requirements of every kind of access, decisions and hints. */
@NullMarked
package io.portcullis.privilege.authz;

import org.jspecify.annotations.NullMarked;
