/** Which permission decides which kind of approval. The rooms say so; this room stands below them and cannot know. */
import { assert, fail } from "#src/kernel/errors.ts";
import type { Permission } from "#src/platform/actor.ts";

const permissionOfKind = new Map<string, Permission>();

/**
 * Says for each kind what the second person must be allowed to do (`{"payment.reverse": "approval.decide"}`). Called by
 * a room when it is loaded; saying the same twice is fine, saying two things of one kind is a defect.
 */
export const registerApprovalKinds = (kinds: Readonly<Record<string, Permission>>): void => {
  for (const [kind, permission] of Object.entries(kinds)) {
    const known = permissionOfKind.get(kind);
    assert(known === undefined || known === permission, `approval kind ${kind} is decided by one permission`);
    permissionOfKind.set(kind, permission);
  }
};

/** @throws DomainError `approval.kind-unknown` */
export const permissionFor = (kind: string): Permission =>
  permissionOfKind.get(kind) ??
  fail("approval.kind-unknown", "nothing here asks for an approval of this kind", { facts: { kind } });

/** The kinds that somebody with these permissions decides. */
export const kindsWhere = (allowed: (permission: Permission) => boolean): string[] =>
  [...permissionOfKind].filter(([, permission]) => allowed(permission)).map(([kind]) => kind);

/** All that the loaded rooms ask for. */
export const approvalKinds = (): string[] => [...permissionOfKind.keys()].toSorted();
