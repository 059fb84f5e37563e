/** Crews (班组), who is in them, and whom an emergency calls (值班电话): rows that are dated, so that last month can be read. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  closeMember,
  endDutyPhone,
  findCrew,
  hasLaterCalls,
  insertCrew,
  insertMember,
  isAreaKnown,
  replaceDutyPhone,
} from "./crew-queries.ts";

const requireArea = async (context: CommandContext, areaId: bigint | null): Promise<void> => {
  if (areaId === null || (await isAreaKnown(context.sql, areaId))) return;
  fail("area.not-found", "there is no such service area", { field: "areaId" });
};

/** @throws DomainError `area.not-found`, `crew.code-taken` */
export const addCrew = async (
  context: CommandContext,
  crew: { readonly code: string; readonly name: string; readonly areaId: bigint | null },
): Promise<bigint> => {
  await requireArea(context, crew.areaId);
  const added = await insertCrew(context.sql, { ...crew, now: context.now });
  if (added === null) fail("crew.code-taken", "another crew has this code", { field: "code" });
  context.audit({ subject: `crew:${added.id}`, details: { code: crew.code, areaId: crew.areaId } });
  return added.id;
};

export type NewMember = {
  readonly crewId: bigint;
  readonly name: string;
  /** As written; normalised here. */
  readonly number?: string | undefined;
  readonly staffId?: bigint | undefined;
  readonly leads?: boolean | undefined;
  readonly from: Day;
};

/** @throws DomainError `crew.not-found`, `phone.unreadable` */
export const addCrewMember = async (context: CommandContext, member: NewMember): Promise<bigint> => {
  if ((await findCrew(context.sql, member.crewId)) === null) fail("crew.not-found", "there is no such crew");
  const id = await insertMember(context.sql, {
    crewId: member.crewId,
    name: member.name,
    number: member.number === undefined ? null : parsePhone(member.number).number,
    staffId: member.staffId ?? null,
    leads: member.leads ?? false,
    from: member.from,
  });
  context.audit({ subject: `crew:${member.crewId}`, details: { member: id, from: member.from } });
  return id;
};

/** @throws DomainError `crew.member-not-found` also for one who has left, or came only that day */
export const endCrewMember = async (
  context: CommandContext,
  member: { readonly crewId: bigint; readonly memberId: bigint; readonly until: Day },
): Promise<void> => {
  if (!(await closeMember(context.sql, member))) {
    fail("crew.member-not-found", "nobody of this crew ends on this day", { field: "until" });
  }
  context.audit({
    subject: `crew:${member.crewId}`,
    details: { member: member.memberId, until: member.until },
  });
};

/**
 * Puts somebody on a rank of a duty list from a day on; whoever held it is relieved that day. Emergencies that are being called
 * keep the chain with which they began.
 * @param phone.areaId null is the company's list, called after those of area and branch
 * @throws DomainError `area.not-found`, `phone.unreadable`, `duty-phone.called`
 */
export const setDutyPhone = async (
  context: CommandContext,
  phone: {
    readonly areaId: bigint | null;
    readonly rank: number;
    readonly name: string;
    readonly number: string;
    readonly staffId?: bigint | undefined;
    readonly from: Day;
  },
): Promise<bigint> => {
  await requireArea(context, phone.areaId);
  const { number } = parsePhone(phone.number);
  if (await hasLaterCalls(context.sql, phone)) {
    fail("duty-phone.called", "whoever took this rank later was called already", {
      field: "from",
      remedy: "begin on a day after that",
    });
  }
  const id = await replaceDutyPhone(context.sql, { ...phone, number, staffId: phone.staffId ?? null });
  context.audit({
    subject: `duty-phone:${id}`,
    details: { areaId: phone.areaId, rank: phone.rank, from: phone.from },
  });
  return id;
};

/** @throws DomainError `duty-phone.not-found` */
export const clearDutyPhone = async (
  context: CommandContext,
  phone: { readonly areaId: bigint | null; readonly rank: number; readonly until: Day },
): Promise<void> => {
  if (!(await endDutyPhone(context.sql, phone))) {
    fail("duty-phone.not-found", "nobody holds this rank on this day", { field: "rank" });
  }
  context.audit({ subject: `duty-list:${phone.areaId ?? "company"}`, details: { ...phone } });
};
