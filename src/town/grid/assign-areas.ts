/** Service areas, the buildings they serve and who is on duty: all dated, none ever overlapping. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  AREA_LEVELS,
  type AreaLevel,
  type Duty,
  findArea,
  findLaterAssignment,
  insertArea,
  lockDutyHolders,
  lockKnownBuildings,
  moveBuildings,
  replaceDuty,
  staffKnown,
} from "./queries.ts";

const needArea = async (context: CommandContext, areaId: bigint) =>
  (await findArea(context.sql, areaId)) ??
  fail("area.not-found", "there is no such service area", { field: "areaId" });

/**
 * Adds a service area (片区) under a parent of a higher level: company > branch > area.
 * @throws DomainError `area.not-found`, `area.wrong-level`, `area.code-taken`
 */
export const createArea = async (
  context: CommandContext,
  input: { code: string; name: string; level: AreaLevel; parentId: bigint | null },
): Promise<bigint> => {
  if (input.parentId !== null) {
    const parent = await needArea(context, input.parentId);
    if (AREA_LEVELS.indexOf(parent.level) >= AREA_LEVELS.indexOf(input.level)) {
      fail("area.wrong-level", `a ${parent.level} has no ${input.level} below it`, { field: "level" });
    }
  }
  const area = await insertArea(context.sql, input);
  if (area === null) fail("area.code-taken", "there is a service area with this code", { field: "code" });
  context.audit({ subject: `area:${area.id}`, details: { code: input.code, parentId: input.parentId } });
  return area.id;
};

/**
 * Gives buildings to an area from a day on; their areas until then end there. Locks the buildings in id order.
 * @throws DomainError `area.not-found`, `building.not-found`, `area.later-assignment` for a building whose present
 * area began on that day or later: history is not rewritten
 */
export const assignBuildings = async (
  context: CommandContext,
  input: { areaId: bigint; buildingIds: readonly bigint[]; from: Day },
): Promise<number> => {
  const { sql } = context;
  const buildingIds = [...new Set(input.buildingIds)];
  await needArea(context, input.areaId);
  const known = await lockKnownBuildings(sql, buildingIds);
  if (known.length !== buildingIds.length) {
    const ids = new Set(known.map((row) => row.id));
    const missing = buildingIds.filter((id) => !ids.has(id)).map(String);
    fail("building.not-found", "some of these buildings do not exist", {
      field: "buildingIds",
      facts: { missing },
    });
  }
  const later = await findLaterAssignment(sql, buildingIds, input.from);
  if (later !== null) {
    fail("area.later-assignment", `building ${later.buildingId} has an area from ${later.from} on`, {
      field: "from",
      remedy: "use a later day",
      facts: { buildingId: String(later.buildingId), from: later.from },
    });
  }
  await moveBuildings(sql, { areaId: input.areaId, buildingIds, from: input.from });
  const subject = `area:${input.areaId}`;
  context.audit({ subject, details: { buildingIds, from: input.from } });
  context.emit({
    type: "area.buildings-assigned",
    subject,
    payload: { areaId: input.areaId, buildingIds, from: input.from },
  });
  return buildingIds.length;
};

/**
 * Puts a person on a duty of an area from a day on; who had it before has it until then, and keeps what work is already
 * there until somebody moves it.
 * @throws DomainError `area.not-found`, `staff.not-found`
 */
export const assignDuty = async (
  context: CommandContext,
  input: { areaId: bigint; staffId: bigint; duty: Duty; from: Day },
): Promise<bigint> => {
  await needArea(context, input.areaId);
  if (!(await staffKnown(context.sql, input.staffId))) {
    fail("staff.not-found", "there is no such member of staff", { field: "staffId" });
  }
  const before = await lockDutyHolders(context.sql, input);
  const id = await replaceDuty(context.sql, input);
  context.audit({
    subject: `area:${input.areaId}`,
    details: { duty: input.duty, staffId: input.staffId, from: input.from },
  });
  for (const staffId of new Set([...before.map((row) => row.staffId), input.staffId])) {
    context.emit({ type: "duty.changed", subject: `staff:${staffId}`, payload: { staffId } });
  }
  return id;
};
