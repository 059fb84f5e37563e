/** Who is affected: the network as it is switched at an instant, not as it was built. */
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type BuildingOutage,
  findBuildingsOn,
  findBuildingsOut,
  findOutageOfBuilding,
  findOutageRow,
  findPremisesOn,
  findRoad,
  findSecondsOut,
  type OutageRow,
  type Road,
} from "./affected-queries.ts";
import type { Asset } from "./report-queries.ts";

/** A source, a station, a loop, buildings, or several of them: whoever hangs on any. */
export type Affected = {
  readonly heatSourceId?: bigint | null | undefined;
  readonly stationId?: bigint | null | undefined;
  readonly loopId?: bigint | null | undefined;
  readonly buildingIds?: readonly bigint[] | undefined;
};

const assetOf = (affected: Affected): Asset => {
  const asset = {
    heatSourceId: affected.heatSourceId ?? null,
    stationId: affected.stationId ?? null,
    loopId: affected.loopId ?? null,
    buildingIds: affected.buildingIds ?? [],
  };
  if (
    asset.heatSourceId === null &&
    asset.stationId === null &&
    asset.loopId === null &&
    asset.buildingIds.length === 0
  ) {
    fail("supply.nothing-named", "name a source, a station, a loop or buildings", { field: "stationId" });
  }
  return asset;
};

/** Buildings whose heat came through it at that instant, in id order. @throws DomainError `supply.nothing-named` */
export const affectedBuildings = async (sql: Sql, affected: Affected, at: Date): Promise<bigint[]> =>
  (await findBuildingsOn(sql, { ...assetOf(affected), at })).map((row) => row.buildingId);

/** Every door behind it at that instant, heated or not. @throws DomainError `supply.nothing-named` */
export const affectedPremises = (
  sql: Sql,
  affected: Affected,
  at: Date,
): Promise<{ premisesId: bigint; buildingId: bigint }[]> => findPremisesOn(sql, { ...assetOf(affected), at });

/** The loop, station and source that feed a building at an instant; null for an unknown building. */
export const roadOfBuilding = (sql: Sql, buildingId: bigint, at: Date): Promise<Road | null> =>
  findRoad(sql, { buildingId, at });

/** Buildings that this outage leaves without heat at an instant. */
export const buildingsOut = async (sql: Sql, outageId: bigint, at: Date): Promise<bigint[]> =>
  (await findBuildingsOut(sql, { outageId, at })).map((row) => row.buildingId);

/** The outage that leaves a building without heat at an instant, the one that began first; null when it is heated. */
export const outageOfBuilding = (sql: Sql, buildingId: bigint, at: Date): Promise<BuildingOutage | null> =>
  findOutageOfBuilding(sql, { buildingId, at });

/** An outage with the name of what it is about; null when there is none of this id. */
export const findOutage = (sql: Sql, outageId: bigint): Promise<OutageRow | null> =>
  findOutageRow(sql, outageId);

/**
 * Seconds without heat in [from, to) by building, each second counted once however many outages held it; buildings that
 * were heated throughout are left out. The figure of every home in the building (a home is fed by its building's loop).
 */
export const secondsWithoutHeat = async (
  sql: Sql,
  span: { readonly buildingIds: readonly bigint[]; readonly from: Date; readonly to: Date },
): Promise<ReadonlyMap<bigint, number>> =>
  new Map((await findSecondsOut(sql, span)).map((row) => [row.buildingId, Number(row.seconds)]));
