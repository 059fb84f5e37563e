/** The town itself, written by COPY: network, premises, accounts, terms, states and people. */
import type pg from "pg";
import { parsePhone } from "#src/kernel/phone.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type PlannedBuilding, planBuildings } from "./buildings.ts";
import { type PlannedCommunity, planCommunities } from "./communities.ts";
import { CopyRows } from "./copy-rows.ts";
import type { Profile } from "./homes.ts";
import { HouseholdWriter } from "./households.ts";
import { propertyFirmName } from "./names.ts";
import { type HistoryFacts, PastSeasons } from "./past-seasons.ts";
import { randomStream } from "./random.ts";
import type { TownScale } from "./scale.ts";
import { MONEY_TABLES, NUMBERED, TOWN_TABLES } from "./tables.ts";

/** A town up to this size is sent at once, in the order of its references; a larger one in parts. */
export const HOUSEHOLDS_PER_SEND = 4_000;
/** Of 867 stations 549 are ours (63.3%). */
const OURS_PER_TEN_THOUSAND = 6330;

const plantStations = (
  rows: CopyRows,
  seed: number,
  scale: TownScale,
  buildings: readonly PlannedBuilding[],
): void => {
  const random = randomStream(seed, "stations");
  for (let source = 1; source <= scale.heatSources; source += 1) {
    rows.add("heat_sources", source, `R${source}`, `第${source}热源厂`);
  }
  const firstBuilding = new Map<number, PlannedBuilding>();
  for (const building of buildings) {
    if (!firstBuilding.has(building.stationId)) firstBuilding.set(building.stationId, building);
  }
  let ours = 0;
  for (let id = 1; id <= scale.stations; id += 1) {
    const place = firstBuilding.get(id)?.community;
    const name = `${place?.name ?? "备用"}热力站（${String(id).padStart(3, "0")}）`;
    const source = 1 + Math.trunc(((id - 1) * scale.heatSources) / scale.stations);
    const owned = ours * 10_000 < id * OURS_PER_TEN_THOUSAND;
    if (owned) ours += 1;
    const code = `T${String(id).padStart(4, "0")}`;
    const takenOver = `${Math.max(2009, (place?.openedYear ?? 2012) + random.between(0, 3))}-05-${random.between(10, 31)}`;
    const firm = owned ? null : propertyFirmName(random);
    const phone = owned ? null : parsePhone(`0371-6${random.between(1_000_000, 8_999_999)}`).number;
    rows.add(
      "stations",
      id,
      source,
      code,
      name,
      owned ? "company" : "property-firm",
      owned ? takenOver : null,
      firm,
      phone,
    );
    rows.add("loops", id * 2 - 1, id, "1", "低区");
    rows.add("loops", id * 2, id, "2", "高区");
  }
};

const plantCommunities = (rows: CopyRows, communities: readonly PlannedCommunity[]): void => {
  for (const place of communities) {
    rows.add(
      "communities",
      place.id,
      place.code,
      place.name,
      place.baseName,
      place.phase,
      place.district,
      place.street,
    );
  }
};

export type PlantedTown = {
  readonly scale: TownScale;
  readonly buildings: readonly PlannedBuilding[];
  readonly bills: number;
  readonly payments: number;
};

/**
 * Writes the whole town with the history of its households into empty tables, in the caller's transaction. `progress` is
 * told how many households are written.
 */
export const plantTown = async (
  client: pg.ClientBase,
  sql: Sql,
  plan: { readonly seed: number; readonly profile: Profile; readonly scale: TownScale },
  facts: HistoryFacts,
  progress: (households: number) => void,
): Promise<PlantedTown> => {
  const { seed, profile, scale } = plan;
  const communities = planCommunities(seed, scale);
  const buildings = planBuildings(seed, scale, communities);
  const rows = new CopyRows({ ...TOWN_TABLES, ...MONEY_TABLES });
  plantStations(rows, seed, scale, buildings);
  plantCommunities(rows, communities);
  const past = new PastSeasons(rows, facts);
  const writer = new HouseholdWriter(rows, past, seed, profile);
  let sent = 0;
  for (const building of buildings) {
    rows.add("buildings", building.id, building.community.id, building.loopId, building.name);
    for (const unit of building.units) rows.add("units", unit.id, building.id, unit.name);
    for (const door of building.doors) writer.add(building, door);
    await rows.yieldToSending();
    if (writer.written - sent < HOUSEHOLDS_PER_SEND) continue;
    await rows.send(client);
    sent = writer.written;
    progress(sent);
  }
  const counts = past.finish();
  await rows.send(client);
  await rows.sent();
  progress(writer.written);
  for (const table of NUMBERED) {
    await sql.rows(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`);
  }
  return { scale, buildings, ...counts };
};
