/** What a company decides of its routing besides the table: roles and the order of asking, desks, reasons, starting levels. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import { endPrecedentRow, findPerson, type ReturnReason, upsertReturnReason } from "./queries.ts";
import {
  endMembership,
  insertMember,
  isRoleKnown,
  replaceRole,
  type RoleRow,
  upsertStartLevel,
} from "./role-queries.ts";
import { HEAD_OFFICE, type Level } from "./vocabulary.ts";

const requireRole = async (context: CommandContext, code: string, field: string): Promise<void> => {
  if (await isRoleKnown(context.sql, code)) return;
  fail("routing.role-unknown", `there is no role "${code}" of routing`, { field });
};

const needPerson = async (context: CommandContext, login: string) =>
  (await findPerson(context.sql, { login, day: context.today })) ??
  fail("staff.not-found", "there is no such login", { field: "login" });

/**
 * Writes a role with the order in which its people are asked. Head office keeps a step of its own, so that a case never has
 * nowhere to go.
 * @throws DomainError `routing.position-twice`, `routing.head-office-needed`
 */
export const setRole = async (context: CommandContext, role: RoleRow): Promise<void> => {
  const positions = role.steps.map((step) => step.position);
  if (new Set(positions).size < positions.length) {
    fail("routing.position-twice", "two steps have the same position", { field: "steps" });
  }
  if (role.code === HEAD_OFFICE && !role.steps.some((step) => step.source === "head-office")) {
    fail("routing.head-office-needed", "head office has a step of its own", { field: "steps" });
  }
  await replaceRole(context.sql, role);
  context.audit({ subject: `routing-role:${role.code}`, details: { steps: role.steps } });
};

/**
 * Adds a person to a desk from a day on.
 * @throws DomainError `routing.role-unknown`, `staff.not-found`, `routing.member-already`
 */
export const joinDesk = async (
  context: CommandContext,
  input: { readonly role: string; readonly login: string; readonly from: Day },
): Promise<void> => {
  await requireRole(context, input.role, "role");
  const { id: staffId } = await needPerson(context, input.login);
  const added = await insertMember(context.sql, { role: input.role, staffId, from: input.from });
  if (added === null)
    fail("routing.member-already", "this person is at this desk already", { field: "login" });
  context.audit({ subject: `routing-role:${input.role}`, details: { joins: staffId, from: input.from } });
  context.emit({ type: "duty.changed", subject: `staff:${staffId}`, payload: { staffId } });
};

/** Takes a person from a desk from a day on. Repeating is safe. @throws DomainError `routing.role-unknown`, `staff.not-found` */
export const leaveDesk = async (
  context: CommandContext,
  input: { readonly role: string; readonly login: string; readonly from: Day },
): Promise<void> => {
  await requireRole(context, input.role, "role");
  const { id: staffId } = await needPerson(context, input.login);
  if ((await endMembership(context.sql, { role: input.role, staffId, from: input.from })) === 0) return;
  context.audit({ subject: `routing-role:${input.role}`, details: { leaves: staffId, from: input.from } });
  context.emit({ type: "duty.changed", subject: `staff:${staffId}`, payload: { staffId } });
};

/** Adds or changes a reason of return. @throws DomainError `routing.role-unknown` */
export const setReturnReason = async (context: CommandContext, reason: ReturnReason): Promise<void> => {
  if (reason.sendsTo !== null) await requireRole(context, reason.sendsTo, "sendsTo");
  await upsertReturnReason(context.sql, reason);
  context.audit({ subject: `return-reason:${reason.code}`, details: { ...reason } });
};

/** At which level the cases of a channel begin. */
export const setStartLevel = async (
  context: CommandContext,
  input: { readonly channel: string; readonly level: Level },
): Promise<void> => {
  await upsertStartLevel(context.sql, input);
  context.audit({ subject: `routing-channel:${input.channel}`, details: { level: input.level } });
};

/** Routing does not read a precedent any more. Repeating is safe. @throws DomainError `precedent.not-found` also beyond the actor's areas */
export const endPrecedent = async (context: CommandContext, id: bigint): Promise<void> => {
  const { sql, actor, now, today } = context;
  const ended = await endPrecedentRow(sql, { ...reachOf(actor, today), id, now, by: staffIdOf(actor) });
  if (ended === null) fail("precedent.not-found", "there is no such precedent", { field: "id" });
  if (ended.now) context.audit({ subject: `precedent:${id}`, details: { ended: true } });
};
