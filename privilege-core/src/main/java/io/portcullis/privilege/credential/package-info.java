/** Stored password verifiers, scramble checks, password rules: pure computation. */
@NullMarked
package io.portcullis.privilege.credential;

import org.jspecify.annotations.NullMarked;
