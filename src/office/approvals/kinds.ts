/** Which permission decides which kind of approval. The rooms say so; this room stands below them and cannot know. */
import { assert, fail } from "#src/kernel/errors.ts";
import type { Permission } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";

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

/** What became of a request, as the room that asked is told. */
export type DecidedApproval = {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  readonly state: "approved" | "refused" | "withdrawn";
  /** Of a refusal; '' else. */
  readonly reason: string;
};
type FollowDecision = (context: CommandContext, approval: DecidedApproval) => Promise<void>;

type Following = {
  readonly follow: FollowDecision;
  /** `bulk`: what follows takes longer than the pool for short work allows. */
  readonly pool: "short" | "bulk";
};

const followers = new Map<string, Following>();

/**
 * For a deed that needs nobody a third time: it is done with the approval, in the same transaction. What the deed refuses (the thing
 * has changed since it was asked for) refuses the decision too. Called by a room when it is loaded; one for each kind.
 */
export const followDecisions = (
  kind: string,
  follow: FollowDecision,
  pool: Following["pool"] = "short",
): void => {
  assert(!followers.has(kind), `decisions on ${kind} are followed by one room`);
  followers.set(kind, { follow, pool });
};

/** Which pool a decision on this kind is made on. */
export const poolOfDecision = (kind: string | undefined): Following["pool"] =>
  (kind === undefined ? undefined : followers.get(kind)?.pool) ?? "short";

/** The kinds that are done with the decision; all others wait until somebody uses the approval. */
export const followedKinds = (): string[] => [...followers.keys()].toSorted();

/** Tells the room that asked; most rooms wait until somebody uses the approval. */
export const tellDecision = async (context: CommandContext, approval: DecidedApproval): Promise<void> =>
  followers.get(approval.kind)?.follow(context, approval);

/** @throws DomainError `approval.kind-unknown` */
export const permissionFor = (kind: string): Permission =>
  permissionOfKind.get(kind) ??
  fail("approval.kind-unknown", "nothing here asks for an approval of this kind", { facts: { kind } });

/** The kinds that somebody with these permissions decides. */
export const kindsWhere = (allowed: (permission: Permission) => boolean): string[] =>
  [...permissionOfKind].filter(([, permission]) => allowed(permission)).map(([kind]) => kind);

/** All that the loaded rooms ask for. */
export const approvalKinds = (): string[] => [...permissionOfKind.keys()].toSorted();
