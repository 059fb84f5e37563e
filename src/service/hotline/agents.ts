/**
 * Agents (坐席) at their telephones: signed in on one telephone, available, on a break with its reason, or wrapping up. Busy is
 * not stored: an agent is busy while a call of theirs is live, as the exchange tells.
 */
import { fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import {
  type AgentSession,
  type AgentState,
  deleteRoster,
  endSession,
  findLiveCallOf,
  insertRoster,
  insertSession,
  insertStateChange,
  lockSessionOf,
  setState,
  staffKnown,
  startWrapUp,
  upsertLine,
} from "./agent-queries.ts";

export const BREAK_REASONS = ["meal", "rest", "training", "meeting", "call-backs", "other"] as const;
export type BreakReason = (typeof BREAK_REASONS)[number];

const personOf = (actor: Actor): bigint =>
  staffIdOf(actor) ?? fail("agent.needs-person", "a person sits at a telephone, not a machine");

const announceAgents = (context: CommandContext, staffId: bigint): Promise<void> =>
  announceLive(context, {
    topic: "hotline.agents",
    audience: "everyone",
    permission: "hotline.read",
    subject: `staff:${staffId}`,
    payload: { staffId },
  });

const noteChange = async (
  context: CommandContext,
  session: Pick<AgentSession, "id" | "staffId">,
  change: {
    readonly fromState: AgentState | null;
    readonly toState: AgentState | "signed-out";
    readonly reason?: string;
  },
): Promise<void> => {
  await insertStateChange(context.sql, {
    sessionId: session.id,
    reason: "",
    ...change,
    now: context.now,
    changedBy: staffIdOf(context.actor),
  });
  context.audit({ subject: `staff:${session.staffId}`, details: { agent: change.toState, ...change } });
  await announceAgents(context, session.staffId);
};

const requireSession = async (context: CommandContext): Promise<AgentSession> =>
  (await lockSessionOf(context.sql, personOf(context.actor))) ??
  fail("agent.not-signed-in", "you are not signed in at a telephone", {
    remedy: "sign in with your extension",
  });

/**
 * Signs in at a telephone, available at once. Repeating on the same telephone is safe.
 * @throws DomainError `agent.signed-in-elsewhere`, `agent.telephone-taken`, `agent.needs-person`
 */
export const signIn = async (context: CommandContext, extension: string): Promise<AgentSession> => {
  const { sql, now } = context;
  const staffId = personOf(context.actor);
  const current = await lockSessionOf(sql, staffId);
  if (current !== null) {
    if (current.extension === extension) return current;
    fail("agent.signed-in-elsewhere", `you are signed in at ${current.extension}`, {
      field: "extension",
      remedy: "sign out there first",
      facts: { extension: current.extension },
    });
  }
  const session = await insertSession(sql, { staffId, extension, now });
  if (session === null) {
    return fail("agent.telephone-taken", "somebody else is signed in at this telephone", {
      field: "extension",
      remedy: `they sign out there, or a supervisor does it for them (POST /hotline/agents/{staffId}/sign-out; the board shows who sits at ${extension})`,
    });
  }
  await noteChange(context, session, { fromState: null, toState: "available" });
  return session;
};

/** @throws DomainError `agent.not-signed-in`, `agent.on-a-call` */
export const signOut = async (context: CommandContext): Promise<void> => {
  const session = await requireSession(context);
  const live = await findLiveCallOf(context.sql, session.staffId);
  if (live !== null)
    fail("agent.on-a-call", "a call of yours is still on", {
      remedy: `hang up, or write the call down (POST /hotline/calls/${live.id}/wrap-up); one that hangs a supervisor releases (POST /hotline/calls/${live.id}/release)`,
      facts: { callId: String(live.id) },
    });
  await endSession(context.sql, { id: session.id, now: context.now });
  await noteChange(context, session, { fromState: session.state, toState: "signed-out" });
};

/**
 * Signs out somebody who is not there any more. Repeating is safe.
 * @throws DomainError `agent.on-a-call`
 */
export const signOutFor = async (context: CommandContext, staffId: bigint): Promise<void> => {
  const session = await lockSessionOf(context.sql, staffId);
  if (session === null) return;
  const live = await findLiveCallOf(context.sql, staffId);
  if (live !== null) {
    fail("agent.on-a-call", "a call of this agent is still on", {
      remedy: `release it first: POST /hotline/calls/${live.id}/release`,
      facts: { callId: String(live.id) },
    });
  }
  await endSession(context.sql, { id: session.id, now: context.now });
  await noteChange(context, session, { fromState: session.state, toState: "signed-out" });
};

/** Changes one's own state. Repeating is safe. @throws DomainError `agent.not-signed-in`, `agent.reason-needed` */
export const changeAgentState = async (
  context: CommandContext,
  wanted: { readonly state: AgentState; readonly reason?: BreakReason | undefined },
): Promise<void> => {
  if (wanted.state === "break" && wanted.reason === undefined) {
    fail("agent.reason-needed", "a break has a reason", {
      field: "reason",
      remedy: BREAK_REASONS.join(", "),
    });
  }
  const session = await requireSession(context);
  const reason = wanted.state === "break" ? (wanted.reason ?? "") : "";
  if (session.state === wanted.state && session.reason === reason) return;
  await setState(context.sql, { id: session.id, state: wanted.state, reason, now: context.now });
  await noteChange(context, session, { fromState: session.state, toState: wanted.state, reason });
};

/** A call of this agent is over: time to write it down, until the wrap-up code is given or the agent says so. */
export const callOver = async (context: CommandContext, staffId: bigint): Promise<void> => {
  const session = await startWrapUp(context.sql, { staffId, now: context.now });
  if (session !== null) {
    await noteChange(context, { id: session.id, staffId }, { fromState: "available", toState: "wrap-up" });
  }
};

/** The call is written down: the next one may come. */
export const wrapUpOver = async (context: CommandContext, staffId: bigint): Promise<void> => {
  const session = await lockSessionOf(context.sql, staffId);
  if (session === null || session.state !== "wrap-up") return;
  await setState(context.sql, { id: session.id, state: "available", reason: "", now: context.now });
  await noteChange(context, session, { fromState: "wrap-up", toState: "available" });
};

/**
 * Puts a person on the roster.
 * @throws DomainError `roster.ends-before-start`, `staff.not-found`, `roster.overlaps`
 */
export const addRoster = async (
  context: CommandContext,
  wanted: { readonly staffId: bigint; readonly from: Date; readonly until: Date },
): Promise<bigint> => {
  if (wanted.until <= wanted.from) {
    fail("roster.ends-before-start", "a shift ends after it begins", { field: "until" });
  }
  if (!(await staffKnown(context.sql, wanted.staffId))) {
    fail("staff.not-found", "there is no such member of staff", { field: "staffId" });
  }
  const entry = { ...wanted, now: context.now, enteredBy: staffIdOf(context.actor) };
  const inserted = await insertRoster(context.sql, entry);
  if (inserted === null)
    fail("roster.overlaps", "this person is on the roster at that time", { field: "from" });
  context.audit({ subject: `staff:${wanted.staffId}`, details: { roster: inserted.id } });
  return inserted.id;
};

/** @throws DomainError `roster.not-found` */
export const removeRoster = async (context: CommandContext, id: bigint): Promise<void> => {
  if ((await deleteRoster(context.sql, id)) === null) fail("roster.not-found", "there is no such shift");
  context.audit({ subject: `roster:${id}`, details: { removed: true } });
};

/** Enters a line or changes it. Repeating is safe. */
export const setLine = async (
  context: CommandContext,
  line: { readonly code: string; readonly name: string; readonly inService: boolean },
): Promise<void> => {
  await upsertLine(context.sql, line);
  context.audit({ subject: `line:${line.code}`, details: { inService: line.inService } });
};
