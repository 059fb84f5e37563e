/**
 * Two people for one deed. What is approved is the request itself, every figure of it: what is done later must be
 * exactly that, once.
 *
 * requested > approved > used; requested > refused; requested > withdrawn.
 */
import { assert, fail } from "#src/kernel/errors.ts";
import { type Actor, can, requirePermission, staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { proveIdentity } from "#src/office/staff/index.ts";
import { permissionFor, tellDecision } from "./kinds.ts";
import {
  type ApprovalRow,
  insertApproval,
  insertUsedApproval,
  isAccountInScope,
  lockApproval,
  moveApproval,
  storeDecision,
} from "./queries.ts";

export type ApprovalRequest = {
  readonly kind: string;
  /** `payment:4711`: what it is about. */
  readonly subject: string;
  /** The household that it is about, so that only those who may see it decide. Left out where there is none. */
  readonly accountId?: bigint | undefined;
  /** Everything that will be done: ids and figures, bigint allowed; no personal data. */
  readonly request: Readonly<Record<string, unknown>>;
};

/** Machines and the system have no second person: what needs an approval is asked for by people. */
const requirePerson = (actor: Actor): bigint =>
  staffIdOf(actor) ??
  fail("approval.person-needed", "this needs two people; a machine is none", {
    remedy: "have it done by somebody who is logged in",
  });

/** The text of a request as it is stored and compared: keys sorted, bigint as text. */
const textOf = (request: unknown): string => canonicalJson(request);
const isSame = (stored: unknown, request: unknown): boolean =>
  canonicalJson(stored) === canonicalJson(JSON.parse(textOf(request)));

/**
 * Asks for an approval and gives its id. Repeating asks twice.
 * @throws DomainError `approval.kind-unknown`, `approval.person-needed`
 */
export const requestApproval = async (
  context: CommandContext,
  { kind, subject, accountId, request }: ApprovalRequest,
): Promise<bigint> => {
  permissionFor(kind);
  const requestedBy = requirePerson(context.actor);
  const { id } = await insertApproval(context.sql, {
    kind,
    subject,
    accountId: accountId ?? null,
    request: textOf(request),
    requestedBy,
    now: context.now,
  });
  context.audit({ subject: `approval:${id}`, details: { kind, about: subject } });
  return id;
};

const refuseOwnRequest = (): never => fail("approval.own-request", "nobody approves the own request");
const refuseUnknown = (): never => fail("approval.not-found", "there is no such approval");

const lockOr404 = async (context: CommandContext, id: bigint): Promise<ApprovalRow> =>
  (await lockApproval(context.sql, id)) ?? refuseUnknown();

/** What lies outside the decider's bounds does not exist; what is about no household is for those without bounds. */
const requireWithinScope = async (
  { sql, actor, today }: CommandContext,
  { accountId }: ApprovalRow,
): Promise<void> => {
  if (actor.scope.kind === "everything") return;
  const seen =
    accountId !== null && (await isAccountInScope(sql, accountId, scopeBindings(actor.scope, today)));
  if (!seen) refuseUnknown();
};

/** `room`: by a deed of the room that asked, which does itself what follows and is not told. */
type Through = "list" | "room";

/**
 * Decides as the second person. Locks the approval; deciding again is refused. What follows by itself (`followDecisions`) is done with it.
 * @throws DomainError `approval.not-found` (also for a household outside the decider's areas), `approval.already-decided`, `approval.own-request`, `forbidden`, `approval.reason-needed`
 */
export const decideApproval = async (
  context: CommandContext,
  id: bigint,
  decision: "approved" | "refused",
  reason: string,
  through: Through = "list",
): Promise<void> => {
  const approval = await lockOr404(context, id);
  await requireWithinScope(context, approval);
  const decidedBy = requirePerson(context.actor);
  if (approval.requestedBy === decidedBy) refuseOwnRequest();
  // Before the state: what became of it is told to those who may decide it.
  requirePermission(context.actor, permissionFor(approval.kind));
  if (approval.state !== "requested") {
    fail("approval.already-decided", `this approval is ${approval.state}`, {
      facts: { state: approval.state },
    });
  }
  if (decision === "refused" && reason.trim() === "") {
    fail("approval.reason-needed", "a refusal says why", { field: "reason" });
  }
  await storeDecision(context.sql, {
    id,
    state: decision,
    decidedBy,
    now: context.now,
    reason: reason.trim() === "" ? null : reason.trim(),
  });
  context.audit({
    subject: `approval:${id}`,
    details: { kind: approval.kind, about: approval.subject, decision },
  });
  if (through === "room") return;
  const { kind, subject } = approval;
  await tellDecision(context, {
    id,
    kind,
    subject,
    state: decision,
    reason: decision === "refused" ? reason.trim() : "",
  });
};

/** Takes the own request back. @throws DomainError `approval.not-found`, `approval.already-decided` */
export const withdrawApproval = async (
  context: CommandContext,
  id: bigint,
  through: Through = "list",
): Promise<void> => {
  const approval = await lockOr404(context, id);
  if (approval.requestedBy !== staffIdOf(context.actor)) refuseUnknown();
  if (approval.state !== "requested") {
    fail("approval.already-decided", `this approval is ${approval.state}`, {
      facts: { state: approval.state },
    });
  }
  await moveApproval(context.sql, { id, from: "requested", to: "withdrawn" });
  context.audit({ subject: `approval:${id}`, details: { kind: approval.kind, decision: "withdrawn" } });
  if (through === "room") return;
  const { kind, subject } = approval;
  await tellDecision(context, { id, kind, subject, state: "withdrawn", reason: "" });
};

/**
 * Uses an approval up for the deed that the caller is about to do in this transaction: exactly once, exactly what was
 * approved. Gives the two people. Locks the approval, so of two users at once one is refused.
 * @throws DomainError `approval.not-found`, `approval.pending`, `approval.refused`, `approval.already-used`, `approval.changed`
 */
export const useApproval = async (
  context: CommandContext,
  id: bigint,
  kind: string,
  request: Readonly<Record<string, unknown>>,
): Promise<{ readonly requestedBy: bigint; readonly approvedBy: bigint }> => {
  const approval = await lockOr404(context, id);
  if (approval.kind !== kind) fail("approval.not-found", "there is no such approval of this kind");
  if (approval.state === "requested") {
    fail("approval.pending", "nobody has decided this yet", { remedy: "ask a second person to decide" });
  }
  if (approval.state === "used") fail("approval.already-used", "this approval was used before");
  if (approval.state !== "approved" || approval.decidedBy === null) {
    fail("approval.refused", `this approval is ${approval.state}`, { remedy: "ask for another one" });
  }
  if (!isSame(approval.request, request)) {
    fail("approval.changed", "what is to be done now is not what was approved", {
      remedy: "ask for an approval of what is to be done now",
      facts: { approvalId: id },
    });
  }
  await moveApproval(context.sql, { id, from: "approved", to: "used" });
  context.audit({ subject: `approval:${id}`, details: { kind, about: approval.subject, used: true } });
  return { requestedBy: approval.requestedBy, approvedBy: approval.decidedBy };
};

export type ApproverCredentials = {
  readonly login: string;
  readonly password: string;
  readonly totp?: string | undefined;
};

/** Somebody who proved to stand at the counter, for one kind of approval. Made by `proveApprover` only. */
export type ProvenApprover = { readonly id: bigint; readonly kind: string };

/**
 * Proves the second person who stands at the counter by the own credentials. Before the command and outside any
 * transaction: hashing a password takes a tenth of a second in which no lock should be held, the attempt is counted in a
 * transaction of its own, and a command that is tried again after a deadlock must not find the code spent. Repeating is
 * safe but counts.
 * @throws DomainError `approval.kind-unknown`, `approval.person-needed`, `approval.approver-refused`,
 * `approval.own-request`, `approval.approver-not-ready`, `approval.approver-forbidden`
 */
export const proveApprover = async (
  platform: Platform,
  asked: { readonly actor: Actor; readonly kind: string; readonly requestId?: string | undefined },
  credentials: ApproverCredentials,
): Promise<ProvenApprover> => {
  const permission = permissionFor(asked.kind);
  const requestedBy = requirePerson(asked.actor);
  const approver = await proveIdentity(platform, {
    ...credentials,
    purpose: "approval",
    requestId: asked.requestId,
  });
  if (approver.id === requestedBy) refuseOwnRequest();
  if (approver.mustChangePassword || approver.secondFactorNeeded) {
    fail("approval.approver-not-ready", "the approver's login waits for a password or for a code", {
      field: approver.secondFactorNeeded ? "totp" : "approverLogin",
      remedy: approver.secondFactorEnrolled
        ? "give the code of the approver's authenticator"
        : "the approver logs in once and does what is asked there",
    });
  }
  const asActor: Actor = {
    kind: "staff",
    id: approver.id,
    name: approver.login,
    roles: approver.roles,
    scope: { kind: "areas", areaIds: [] },
  };
  if (!can(asActor, permission)) {
    fail("approval.approver-forbidden", `the approver needs the permission ${permission}`, {
      field: "approverLogin",
      facts: { permission },
    });
  }
  return { id: approver.id, kind: asked.kind };
};

/**
 * Writes the approval of a proven second person, as used, with the deed: both are there or neither.
 * @throws DomainError `approval.kind-unknown`, `approval.person-needed`, `approval.own-request`
 */
export const approveOnTheSpot = async (
  context: CommandContext,
  approver: ProvenApprover,
  wanted: ApprovalRequest,
): Promise<{ readonly id: bigint; readonly requestedBy: bigint; readonly approvedBy: bigint }> => {
  permissionFor(wanted.kind);
  assert(approver.kind === wanted.kind, "an approver is proven for the kind of this approval");
  const requestedBy = requirePerson(context.actor);
  if (approver.id === requestedBy) refuseOwnRequest();
  const { id } = await insertUsedApproval(context.sql, {
    kind: wanted.kind,
    subject: wanted.subject,
    accountId: wanted.accountId ?? null,
    request: textOf(wanted.request),
    requestedBy,
    decidedBy: approver.id,
    now: context.now,
  });
  context.audit({
    subject: `approval:${id}`,
    details: { kind: wanted.kind, about: wanted.subject, approvedBy: approver.id, onTheSpot: true },
  });
  return { id, requestedBy, approvedBy: approver.id };
};
