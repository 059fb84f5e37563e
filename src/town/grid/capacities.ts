/** The crews of stations, dated, and how many open cases one person takes before the next is asked. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  type CapacityDuty,
  endStationDutyRows,
  insertStationDuty,
  replaceStaffCapacity,
  stationKnown,
  storeDutyCapacity,
} from "./capacity-queries.ts";
import { staffKnown } from "./queries.ts";

const needStaff = async (context: CommandContext, staffId: bigint): Promise<void> => {
  if (!(await staffKnown(context.sql, staffId))) {
    fail("staff.not-found", "there is no such member of staff", { field: "staffId" });
  }
};
const needStation = async (context: CommandContext, stationId: bigint): Promise<void> => {
  if (!(await stationKnown(context.sql, stationId))) {
    fail("station.not-found", "there is no such station", { field: "stationId" });
  }
};

/**
 * Adds a person to the crew (班组) of a station from a day on.
 * @throws DomainError `station.not-found`, `staff.not-found`, `station.crew-overlaps`
 */
export const joinStationCrew = async (
  context: CommandContext,
  input: { stationId: bigint; staffId: bigint; from: Day },
): Promise<bigint> => {
  await needStation(context, input.stationId);
  await needStaff(context, input.staffId);
  const row = await insertStationDuty(context.sql, input);
  if (row === null) {
    fail("station.crew-overlaps", "this person is in the crew of this station already", { field: "staffId" });
  }
  context.audit({
    subject: `station:${input.stationId}`,
    details: { crew: input.staffId, from: input.from },
  });
  context.emit({
    type: "duty.changed",
    subject: `staff:${input.staffId}`,
    payload: { staffId: input.staffId },
  });
  return row.id;
};

/** Takes a person out of a crew from a day on. Repeating is safe. @throws DomainError `station.not-found`, `staff.not-found` */
export const leaveStationCrew = async (
  context: CommandContext,
  input: { stationId: bigint; staffId: bigint; until: Day },
): Promise<void> => {
  await needStation(context, input.stationId);
  await needStaff(context, input.staffId);
  if ((await endStationDutyRows(context.sql, input)) === 0) return;
  context.audit({
    subject: `station:${input.stationId}`,
    details: { leaves: input.staffId, until: input.until },
  });
  context.emit({
    type: "duty.changed",
    subject: `staff:${input.staffId}`,
    payload: { staffId: input.staffId },
  });
};

/** How many open cases whoever is on a duty takes. */
export const setDutyCapacity = async (
  context: CommandContext,
  input: { duty: CapacityDuty; openLimit: number },
): Promise<void> => {
  await storeDutyCapacity(context.sql, input);
  context.audit({ subject: `duty:${input.duty}`, details: { openLimit: input.openLimit } });
};

/**
 * How many one person takes from a day on, whatever the duty says; null: as the duty says.
 * @throws DomainError `staff.not-found`
 */
export const setStaffCapacity = async (
  context: CommandContext,
  input: { staffId: bigint; from: Day; openLimit: number | null },
): Promise<void> => {
  await needStaff(context, input.staffId);
  await replaceStaffCapacity(context.sql, input);
  context.audit({
    subject: `staff:${input.staffId}`,
    details: { openLimit: input.openLimit, from: input.from },
  });
};
