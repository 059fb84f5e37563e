/** One household after the other: its door, account, charge points, states, people, and what it owed and paid. */
import { addDays, type Day, day } from "#src/kernel/day.ts";
import { searchTermsOf } from "#src/town/accounts/index.ts";
import type { PlannedBuilding, PlannedDoor } from "./buildings.ts";
import type { CopyRows } from "./copy-rows.ts";
import {
  type Habit,
  habitOf,
  openedOnOf,
  type Period,
  planPoints,
  planStates,
  type PlannedPoint,
  type Profile,
} from "./homes.ts";
import type { BilledPoint, PastSeasons } from "./past-seasons.ts";
import { type PaymentHabits, planHabits } from "./payment-habits.ts";
import { type Random, randomStream } from "./random.ts";
import { Residents } from "./residents.ts";

const range = (from: Day, until: Day | null): string => `[${from},${until ?? ""})`;

const inForce = <Dated extends { readonly from: Day; readonly until: Day | null }>(
  periods: readonly Dated[],
  on: Day,
): number => periods.findIndex((period) => period.from <= on && (period.until === null || on < period.until));

/** Nine digits: community, running number, and a last digit that finds a wrong one. */
const accountNoOf = (communityId: number, ordinal: number): string => {
  const body = `${100 + communityId}${String(ordinal).padStart(5, "0")}`;
  let sum = 0;
  for (let index = 0; index < body.length; index += 1) sum += Number(body[index]) * (index % 2 === 0 ? 3 : 1);
  return `${body}${(10 - (sum % 10)) % 10}`;
};

const HOLDS = [
  { kind: "dispute", chance: 0, reason: "室温不达标，用户不认可账单", days: null },
  { kind: "care", chance: 30, reason: "独居老人，须上门沟通", days: null },
  { kind: "payment-plan", chance: 15, reason: "分期缴纳协议", days: 270 },
  { kind: "mourning", chance: 5, reason: "家中治丧", days: 30 },
] as const;

type Streams = Readonly<Record<"opened" | "habit" | "points" | "states" | "aliases", Random>>;

/** The ids run in the order of the doors. */
export class HouseholdWriter {
  readonly #rows: CopyRows;
  readonly #past: PastSeasons;
  readonly #profile: Profile;
  readonly #streams: Streams;
  readonly #residents: Residents;
  readonly #payments: PaymentHabits;
  readonly #ordinals = new Map<number, number>();
  #accounts = 0;
  #points = 0;
  #terms = 0;

  constructor(rows: CopyRows, past: PastSeasons, seed: number, profile: Profile) {
    this.#rows = rows;
    this.#past = past;
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

  add(building: PlannedBuilding, door: PlannedDoor): void {
    const streams = this.#streams;
    this.#accounts += 1;
    const id = this.#accounts;
    const place = building.community.id;
    const ordinal = (this.#ordinals.get(place) ?? 0) + 1;
    this.#ordinals.set(place, ordinal);
    const openedOn = openedOnOf(streams.opened, building);
    const habit = habitOf(streams.habit, this.#profile);
    this.#rows.add("premises", id, door.unitId, building.id, door.floor, door.door, door.address);
    const accountNo = accountNoOf(place, ordinal);
    this.#rows.add("heat_accounts", id, accountNo, id, "active", openedOn);
    const aliases = this.#aliases(id);
    const points = this.#chargePoints(id, building, door, openedOn, habit);
    const names = this.#residents.settle(id, openedOn, door.shop);
    for (const term of searchTermsOf({ accountNo, aliases, names })) {
      this.#rows.add("search_terms", term, id, building.id);
    }
    this.#hold(id, habit);
    const dueByDate = building.series || door.shop;
    this.#past.add(id, points, this.#payments({ habit, dueByDate, openedOn, shop: door.shop }));
  }

  #aliases(id: number): string[] {
    const random = this.#streams.aliases;
    const values: string[] = [];
    const add = (kind: string, value: string): void => {
      values.push(value);
      this.#rows.add("account_aliases", id, kind, value);
    };
    if (random.chance(8500)) add("old-number", String(20_000_000 + id * 13));
    if (random.chance(3000)) add("card", `90${String(10_000_000_000 + id * 7)}`);
    if (random.chance(1200)) add("bank-agreement", `DK${String(1_000_000 + id)}`);
    return values;
  }

  #chargePoints(
    id: number,
    building: PlannedBuilding,
    door: PlannedDoor,
    openedOn: Day,
    habit: Habit,
  ): BilledPoint[] {
    const states = planStates(this.#streams.states, habit, openedOn);
    return planPoints(this.#streams.points, door, openedOn).map((point, index) => {
      this.#points += 1;
      const pointId = this.#points;
      this.#rows.add("charge_points", pointId, id, index + 1, point.name);
      this.#periods("supply_states", pointId, states.supply);
      this.#periods("valve_states", pointId, states.valve);
      return this.#termsOf(pointId, point, building.series, states.supply);
    });
  }

  #periods(table: string, pointId: number, periods: readonly Period<string>[]): void {
    for (const { from, until, state } of periods)
      this.#rows.add(table, pointId, range(from, until), state, "");
  }

  #termsOf(
    pointId: number,
    point: PlannedPoint,
    series: boolean,
    supply: readonly Period<string>[],
  ): BilledPoint {
    const loopType = series ? "series" : "independent";
    const firstId = this.#terms + 1;
    for (const terms of point.terms) {
      this.#terms += 1;
      const areas = [terms.billingArea, terms.innerArea, terms.grossArea, terms.areaRule] as const;
      const decision = [terms.shareBasisPoints, terms.document, `${terms.from}T09:00:00+08:00`] as const;
      const valid = range(terms.from, terms.until);
      this.#rows.add(
        "charge_point_terms",
        this.#terms,
        pointId,
        valid,
        terms.heatClass,
        loopType,
        ...areas,
        ...decision,
      );
    }
    return {
      id: pointId,
      loopType,
      termsOn: (on) => {
        const index = inForce(point.terms, on);
        const terms = point.terms[index];
        return terms === undefined ? null : { ...terms, id: firstId + index };
      },
      supplyOn: (on) => supply[inForce(supply, on)]?.state ?? null,
    };
  }

  #hold(id: number, habit: Habit): void {
    const random = this.#streams.habit;
    const hold = HOLDS.find(({ kind, chance }) =>
      kind === "dispute" ? habit === "disputing" : random.chance(chance),
    );
    if (hold === undefined) return;
    const from = addDays(day("2026-03-01"), random.below(180));
    const until = hold.days === null ? null : addDays(from, hold.days);
    this.#rows.add("account_holds", id, hold.kind, hold.reason, from, until);
  }
}
