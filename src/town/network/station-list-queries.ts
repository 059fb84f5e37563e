/** SQL of a list of stations: who is there, and all changes at once. */
import type { Sql } from "#src/platform/sql.ts";
import type { Ownership } from "./change-station.ts";

export type ListedStation = Ownership & {
  readonly id: bigint;
  readonly name: string;
  readonly heatSource: string;
};

const listed = `
  select station.id, station.name, source.name as "heatSource", station.owner, station.taken_over_on as "takenOverOn",
    station.property_firm_name as "propertyFirmName", station.property_firm_phone as "propertyFirmPhone"
  from stations station join heat_sources source on source.id = station.heat_source_id order by station.id`;

/** Every station; locked until the end of the transaction when they are to be changed. */
export const findListedStations = (sql: Sql, lock: boolean): Promise<ListedStation[]> =>
  sql.rows<ListedStation>(lock ? `${listed} for update of station` : listed);

const changeMany = `
  update stations station set owner = change.owner, taken_over_on = change.taken_over_on,
    property_firm_name = change.firm_name, property_firm_phone = change.firm_phone, version = station.version + 1
  from unnest(:ids::bigint[], :owners::text[], :days::date[], :names::text[], :phones::text[])
    change (id, owner, taken_over_on, firm_name, firm_phone)
  where station.id = change.id`;

export const updateStations = (
  sql: Sql,
  changes: readonly (Ownership & { readonly id: bigint })[],
): Promise<number> =>
  sql.run(changeMany, {
    ids: changes.map((change) => change.id),
    owners: changes.map((change) => change.owner),
    days: changes.map((change) => change.takenOverOn),
    names: changes.map((change) => change.propertyFirmName),
    phones: changes.map((change) => change.propertyFirmPhone),
  });
