/** The town itself, written by COPY: network, premises, accounts, terms, states and people. */
import type pg from "pg";
import { addDays, type Day, day } from "#src/kernel/day.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type PlannedBuilding, planBuildings } from "./buildings.ts";
import { type PlannedCommunity, planCommunities } from "./communities.ts";
import { CopyRows, type CopyTables } from "./copy-rows.ts";
import {
  type Habit,
  habitOf,
  openedOnOf,
  type Period,
  planPoints,
  planStates,
  type Profile,
} from "./homes.ts";
import { propertyFirmName } from "./names.ts";
import { type PaymentHabits, planHabits } from "./payment-habits.ts";
import { randomStream } from "./random.ts";
import { Residents } from "./residents.ts";
import type { TownScale } from "./scale.ts";

/** Later tables refer to earlier ones. `demo_habits` lives for the seed's transaction only. */
const TABLES: CopyTables = {
  heat_sources: ["id", "code", "name"],
  stations: [
    "id",
    "heat_source_id",
    "code",
    "name",
    "owner",
    "taken_over_on",
    "property_firm_name",
    "property_firm_phone",
  ],
  loops: ["id", "station_id", "code", "zone"],
  communities: ["id", "code", "name", "base_name", "phase", "district", "street"],
  buildings: ["id", "community_id", "loop_id", "name"],
  units: ["id", "building_id", "name"],
  premises: ["id", "unit_id", "building_id", "floor", "door", "address"],
  heat_accounts: ["id", "account_no", "premises_id", "state", "opened_on"],
  account_aliases: ["account_id", "kind", "value"],
  charge_points: ["id", "account_id", "ordinal", "name"],
  charge_point_terms: [
    "charge_point_id",
    "valid",
    "heat_class",
    "loop_type",
    "billing_area_milli_m2",
    "inner_area_milli_m2",
    "gross_area_milli_m2",
    "area_rule",
    "share_basis_points",
    "document",
    "decided_at",
  ],
  supply_states: ["charge_point_id", "valid", "state", "document"],
  valve_states: ["charge_point_id", "valid", "state", "document"],
  people: ["id", "kind", "name", "folded_name"],
  person_phones: ["person_id", "number", "kind", "as_written", "confirmed"],
  account_roles: ["account_id", "person_id", "role", "valid"],
  consents: ["person_id", "purpose", "granted", "source", "recorded_at"],
  account_holds: ["account_id", "kind", "reason", "starts_on", "ends_on"],
  demo_habits: [
    "account_id",
    "season_id",
    "paid_at",
    "channel_id",
    "tender",
    "share_basis_points",
    "ordinal",
  ],
};

/** Tables whose ids the seed gives; their sequences go on behind them. */
const NUMBERED = [
  "heat_sources",
  "stations",
  "loops",
  "communities",
  "buildings",
  "units",
  "premises",
  "heat_accounts",
  "charge_points",
  "people",
];

const HOUSEHOLDS_PER_FLUSH = 10_000;
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

const range = (from: Day, until: Day | null): string => `[${from},${until ?? ""})`;

/** Nine digits: community, running number, and a last digit that finds a wrong one. */
export const accountNoOf = (communityId: number, ordinal: number): string => {
  const body = `${100 + communityId}${String(ordinal).padStart(5, "0")}`;
  const sum = Array.from(body).reduce(
    (total, sign, index) => total + Number(sign) * (index % 2 === 0 ? 3 : 1),
    0,
  );
  return `${body}${(10 - (sum % 10)) % 10}`;
};

type Streams = Readonly<
  Record<"opened" | "habit" | "points" | "states" | "aliases", ReturnType<typeof randomStream>>
>;

/** Writes one household after the other; the ids run in the order of the doors. */
class HouseholdWriter {
  readonly #rows: CopyRows;
  readonly #profile: Profile;
  readonly #streams: Streams;
  readonly #residents: Residents;
  readonly #payments: PaymentHabits;
  #accounts = 0;
  #points = 0;

  constructor(rows: CopyRows, seed: number, profile: Profile) {
    this.#rows = rows;
    this.#profile = profile;
    this.#streams = {
      opened: randomStream(seed, "opened"),
      habit: randomStream(seed, "habits"),
      points: randomStream(seed, "points"),
      states: randomStream(seed, "states"),
      aliases: randomStream(seed, "aliases"),
    };
    this.#residents = new Residents(seed, rows);
    this.#payments = planHabits(seed);
  }

  get written(): number {
    return this.#accounts;
  }

  add(building: PlannedBuilding, door: PlannedBuilding["doors"][number], ordinal: number): void {
    const rows = this.#rows;
    const streams = this.#streams;
    this.#accounts += 1;
    const id = this.#accounts;
    const openedOn = openedOnOf(streams.opened, building);
    const habit = habitOf(streams.habit, this.#profile);
    rows.add("premises", id, door.unitId, building.id, door.floor, door.door, door.address);
    rows.add("heat_accounts", id, accountNoOf(building.community.id, ordinal), id, "active", openedOn);
    this.#aliases(id);
    this.#chargePoints(id, building, door, openedOn, habit);
    this.#residents.settle(id, openedOn, door.shop);
    this.#hold(id, habit);
    const dueByDate = building.series || door.shop;
    for (const plan of this.#payments({ habit, dueByDate, openedOn, shop: door.shop })) {
      rows.add(
        "demo_habits",
        id,
        plan.season,
        plan.paidAt,
        plan.channelId,
        plan.tender,
        plan.shareBasisPoints,
        plan.ordinal,
      );
    }
  }

  #aliases(id: number): void {
    const random = this.#streams.aliases;
    if (random.chance(8500))
      this.#rows.add("account_aliases", id, "old-number", String(20_000_000 + id * 13));
    if (random.chance(3000))
      this.#rows.add("account_aliases", id, "card", `90${String(10_000_000_000 + id * 7)}`);
    if (random.chance(1200))
      this.#rows.add("account_aliases", id, "bank-agreement", `DK${String(1_000_000 + id)}`);
  }

  #chargePoints(
    id: number,
    building: PlannedBuilding,
    door: PlannedBuilding["doors"][number],
    openedOn: Day,
    habit: Habit,
  ): void {
    const rows = this.#rows;
    const loopType = building.series ? "series" : "independent";
    const states = planStates(this.#streams.states, habit, openedOn);
    for (const [index, point] of planPoints(this.#streams.points, door, openedOn).entries()) {
      this.#points += 1;
      const pointId = this.#points;
      rows.add("charge_points", pointId, id, index + 1, point.name);
      for (const terms of point.terms) {
        const areas = [terms.billingArea, terms.innerArea, terms.grossArea, terms.areaRule] as const;
        const decision = [terms.shareBasisPoints, terms.document, `${terms.from}T09:00:00+08:00`] as const;
        rows.add(
          "charge_point_terms",
          pointId,
          range(terms.from, terms.until),
          terms.heatClass,
          loopType,
          ...areas,
          ...decision,
        );
      }
      const dated = (table: string, periods: readonly Period<string>[]): void => {
        for (const period of periods)
          rows.add(table, pointId, range(period.from, period.until), period.state, "");
      };
      dated("supply_states", states.supply);
      dated("valve_states", states.valve);
    }
  }

  #hold(id: number, habit: Habit): void {
    const random = this.#streams.habit;
    const from = addDays(day("2026-03-01"), random.below(180));
    if (habit === "disputing")
      this.#rows.add("account_holds", id, "dispute", "室温不达标，用户不认可账单", from, null);
    else if (random.chance(30))
      this.#rows.add("account_holds", id, "care", "独居老人，须上门沟通", from, null);
    else if (random.chance(15))
      this.#rows.add("account_holds", id, "payment-plan", "分期缴纳协议", from, addDays(from, 270));
    else if (random.chance(5))
      this.#rows.add("account_holds", id, "mourning", "家中治丧", from, addDays(from, 30));
  }
}

export type PlantedTown = { readonly scale: TownScale; readonly buildings: readonly PlannedBuilding[] };

/**
 * Writes the whole town into empty tables, in the caller's transaction. `progress` is told how many households are written.
 */
export const plantTown = async (
  client: pg.ClientBase,
  sql: Sql,
  plan: { readonly seed: number; readonly profile: Profile; readonly scale: TownScale },
  progress: (households: number) => void,
): Promise<PlantedTown> => {
  const { seed, profile, scale } = plan;
  const communities = planCommunities(seed, scale);
  const buildings = planBuildings(seed, scale, communities);
  const rows = new CopyRows(TABLES);
  plantStations(rows, seed, scale, buildings);
  plantCommunities(rows, communities);
  const writer = new HouseholdWriter(rows, seed, profile);
  const ordinals = new Map<number, number>();
  let flushed = 0;
  for (const building of buildings) {
    rows.add("buildings", building.id, building.community.id, building.loopId, building.name);
    for (const unit of building.units) rows.add("units", unit.id, building.id, unit.name);
    for (const door of building.doors) {
      const ordinal = (ordinals.get(building.community.id) ?? 0) + 1;
      ordinals.set(building.community.id, ordinal);
      writer.add(building, door, ordinal);
    }
    if (writer.written - flushed >= HOUSEHOLDS_PER_FLUSH) {
      await rows.flush(client);
      flushed = writer.written;
      progress(flushed);
    }
  }
  await rows.flush(client);
  progress(writer.written);
  for (const table of NUMBERED) {
    await sql.rows(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`);
  }
  return { scale, buildings };
};
