/** Who runs a station (产权), since when, and whom a caller is sent to: facts that change while the station stays. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { lockStation, type StationOwner, type StationRow, updateStationOwnership } from "./queries.ts";

export const OWNERSHIP_FACTS = ["owner", "takenOverOn", "propertyFirmName", "propertyFirmPhone"] as const;
export type Ownership = Pick<StationRow, (typeof OWNERSHIP_FACTS)[number]>;

/** What is left out stays as it is. */
export type OwnershipChange = {
  readonly owner?: StationOwner | undefined;
  readonly takenOverOn?: Day | null | undefined;
  readonly propertyFirmName?: string | null | undefined;
  /** As written; normalised here. */
  readonly propertyFirmPhone?: string | null | undefined;
};

/**
 * A station of the company needs the day it was taken over; one of a property firm (物业) the firm's phone, because a
 * caller is sent there.
 * @throws DomainError `station.no-take-over-day`, `station.no-firm-phone`
 */
export const needOwnershipFacts = (ownership: Ownership): void => {
  if (ownership.owner === "company" && ownership.takenOverOn === null) {
    fail("station.no-take-over-day", "a station of the company has a day on which it was taken over", {
      field: "takenOverOn",
    });
  }
  if (ownership.owner === "property-firm" && ownership.propertyFirmPhone === null) {
    fail("station.no-firm-phone", "a station of a property firm needs the firm's phone", {
      field: "propertyFirmPhone",
    });
  }
};

const given = ({ propertyFirmPhone, ...change }: OwnershipChange): Partial<Ownership> => {
  const facts = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  if (propertyFirmPhone === undefined) return facts;
  const phone = propertyFirmPhone === null ? null : parsePhone(propertyFirmPhone).number;
  return { ...facts, propertyFirmPhone: phone };
};

/**
 * Changes who runs a station, from now on: the next case is routed by it, those on their way keep their owner. Audited with
 * before and after. Locks the station; the same facts again change nothing and leave no second audit row.
 * @throws DomainError `station.not-found`, `version.stale`, `station.no-take-over-day`, `station.no-firm-phone`,
 * `phone.unreadable`
 */
export const changeStation = async (
  context: CommandContext,
  input: { readonly stationId: bigint; readonly version: number; readonly change: OwnershipChange },
): Promise<StationRow> => {
  const station = await lockStation(context.sql, input.stationId);
  if (station === null) fail("station.not-found", "there is no such station", { field: "stationId" });
  if (station.version !== input.version) {
    fail("version.stale", "somebody changed this station since you read it", {
      remedy: "read it again and decide anew",
      facts: { version: station.version },
    });
  }
  const after = { ...station, ...given(input.change) };
  needOwnershipFacts(after);
  const changed = OWNERSHIP_FACTS.filter((fact) => after[fact] !== station[fact]);
  if (changed.length === 0) return station;
  const { version } = await updateStationOwnership(context.sql, after);
  const named = (row: Ownership) => Object.fromEntries(changed.map((fact) => [fact, row[fact]]));
  context.audit({
    subject: `station:${station.id}`,
    details: { before: named(station), after: named(after), version },
  });
  return { ...after, version };
};
