package io.portcullis.privilege.snapshot;

import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.RoleId;

/**
 * One thing that a role itself holds.
 *
 * @param asOwner OWNERSHIP that comes from owning the object, with a grant of it or without (PM
 *     6.2)
 */
public record Held(RoleId role, PrivilegeType privilege, GrantLevel level, boolean asOwner) {}
