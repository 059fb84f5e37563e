/** The network grows by one command per kind of thing; what is already there under that name is refused. */
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { needOwnershipFacts } from "./change-station.ts";
import { splitPhase } from "./phase.ts";
import {
  exists,
  findUnitAddress,
  insertBuilding,
  insertCommunity,
  insertHeatSource,
  insertLoop,
  insertPremises,
  insertStation,
  insertUnit,
  type NetworkTable,
  type StationInput,
} from "./queries.ts";

const KINDS: Readonly<Record<NetworkTable, string>> = {
  heat_sources: "heat source",
  stations: "station",
  loops: "loop",
  communities: "community",
  buildings: "building",
  units: "unit",
};

const needParent = async (context: CommandContext, table: NetworkTable, id: bigint, field: string) => {
  if (await exists(context.sql, table, id)) return;
  fail("network.parent-unknown", `there is no ${KINDS[table]} ${id}`, { field });
};

const added = (context: CommandContext, kind: string, row: { id: bigint } | null): bigint => {
  if (row === null) {
    fail("network.already-there", `there is a ${kind} of this name or code`, {
      field: "name",
      remedy: "use the one that is there, or another name",
    });
  }
  context.audit({ subject: `${kind.replaceAll(" ", "-")}:${row.id}`, details: { added: true } });
  return row.id;
};

/** Every function answers the new id, audits, and refuses `network.already-there` and `network.parent-unknown`. */
export const createHeatSource = async (context: CommandContext, input: { code: string; name: string }) =>
  added(context, "heat source", await insertHeatSource(context.sql, input));

/**
 * A station with the facts that its owner must have (`needOwnershipFacts`).
 * @throws DomainError also `station.no-take-over-day`, `station.no-firm-phone`, `phone.unreadable`
 */
export const createStation = async (context: CommandContext, input: StationInput): Promise<bigint> => {
  needOwnershipFacts(input);
  const phone = input.propertyFirmPhone === null ? null : parsePhone(input.propertyFirmPhone).number;
  await needParent(context, "heat_sources", input.heatSourceId, "heatSourceId");
  return added(context, "station", await insertStation(context.sql, { ...input, propertyFirmPhone: phone }));
};

export const createLoop = async (
  context: CommandContext,
  input: { stationId: bigint; code: string; zone: string },
): Promise<bigint> => {
  await needParent(context, "stations", input.stationId, "stationId");
  return added(context, "loop", await insertLoop(context.sql, input));
};

/** The phase is split off the name (`splitPhase`), so that twins can be listed. */
export const createCommunity = async (
  context: CommandContext,
  input: { code: string; name: string; district: string; street: string },
): Promise<bigint> =>
  added(context, "community", await insertCommunity(context.sql, { ...input, ...splitPhase(input.name) }));

export const createBuilding = async (
  context: CommandContext,
  input: { communityId: bigint; loopId: bigint; name: string },
): Promise<bigint> => {
  await needParent(context, "communities", input.communityId, "communityId");
  await needParent(context, "loops", input.loopId, "loopId");
  return added(context, "building", await insertBuilding(context.sql, input));
};

/** The name is '' where a lift building has no units. */
export const createUnit = async (
  context: CommandContext,
  input: { buildingId: bigint; name: string },
): Promise<bigint> => {
  await needParent(context, "buildings", input.buildingId, "buildingId");
  return added(context, "unit", await insertUnit(context.sql, input));
};

export const createPremises = async (
  context: CommandContext,
  input: { unitId: bigint; floor: string; door: string },
): Promise<bigint> => {
  await needParent(context, "units", input.unitId, "unitId");
  const place = await findUnitAddress(context.sql, input.unitId);
  const address =
    place === null
      ? input.door
      : [
          place.district,
          place.street,
          place.community,
          place.building,
          place.unit,
          input.floor,
          input.door,
        ].join("");
  return added(context, "premises", await insertPremises(context.sql, { ...input, address }));
};
