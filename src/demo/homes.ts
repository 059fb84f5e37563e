/** What is charged behind each door and how it stood over the years: areas, terms, supply and valve. */
import { areaMilliM2, type AreaMilliM2 } from "#src/kernel/area.ts";
import { addDays, type Day, day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import {
  decideBillingArea,
  type HeatClass,
  type SupplyState,
  type ValveState,
} from "#src/town/accounts/index.ts";
import type { PlannedBuilding, PlannedDoor } from "./buildings.ts";
import { fromQuantiles, type Random } from "./random.ts";

export type Period<State> = { readonly from: Day; readonly until: Day | null; readonly state: State };

export type PlannedTerms = {
  readonly from: Day;
  readonly until: Day | null;
  readonly heatClass: HeatClass;
  readonly billingArea: AreaMilliM2;
  readonly innerArea: AreaMilliM2 | null;
  readonly grossArea: AreaMilliM2;
  readonly areaRule: string;
  readonly shareBasisPoints: number;
  readonly document: string;
};

export type PlannedPoint = { readonly name: string; readonly terms: readonly PlannedTerms[] };

/** How a household deals with heat: the mix of domain facts, and the one of a town where 45% do not use it. */
export type Habit =
  | "supplied"
  | "resumed"
  | "disputing"
  | "violating"
  | "never-paid"
  | "closed-for-arrears"
  | "suspended"
  | "never-opened"
  | "cut-off";

export type Profile = "mixed" | "low-use";
export const PROFILES: readonly Profile[] = ["mixed", "low-use"];

/** Per 10,000 households. */
export const HABITS: Readonly<Record<Profile, Readonly<Record<Habit, number>>>> = {
  mixed: {
    supplied: 8150,
    resumed: 50,
    disputing: 60,
    violating: 40,
    "never-paid": 600,
    "closed-for-arrears": 400,
    suspended: 500,
    "never-opened": 200,
    "cut-off": 0,
  },
  "low-use": {
    supplied: 5350,
    resumed: 50,
    disputing: 60,
    violating: 40,
    "never-paid": 1400,
    "closed-for-arrears": 500,
    suspended: 1800,
    "never-opened": 600,
    "cut-off": 200,
  },
};

const isHabit = (name: string): name is Habit => name in HABITS.mixed;
const HABIT_NAMES: readonly Habit[] = Object.keys(HABITS.mixed).filter(isHabit);
const WEIGHTS = {
  mixed: HABIT_NAMES.map((name) => HABITS.mixed[name]),
  "low-use": HABIT_NAMES.map((name) => HABITS["low-use"][name]),
} as const;

export const habitOf = (random: Random, profile: Profile): Habit =>
  must(HABIT_NAMES[random.weighted(WEIGHTS[profile])], "a habit");

/** Inner areas of homes in m2 with their share of 100 (domain facts, §8). */
const HOME_AREAS: readonly (readonly [number, number, number])[] = [
  [35, 60, 15],
  [60, 90, 40],
  [90, 120, 30],
  [120, 160, 12],
  [160, 220, 3],
];
const HOME_WEIGHTS = HOME_AREAS.map(([, , weight]) => weight);
/** Gross areas of shops and offices in m2: 3% of the doors, about 15% of the area. */
const SHOP_AREAS = [40, 70, 100, 140, 190, 260, 340, 460, 700, 1200, 2200];

/** Certificates print two decimals. */
const squareMetres = (hundredths: number): AreaMilliM2 => areaMilliM2(BigInt(hundredths) * 10n);

const homeAreas = (random: Random): { inner: AreaMilliM2; gross: AreaMilliM2 } => {
  const [from, to] = must(HOME_AREAS[random.weighted(HOME_WEIGHTS)], "a class of areas");
  const inner = random.between(from * 100, to * 100 - 1);
  return {
    inner: squareMetres(inner),
    gross: squareMetres(Math.trunc((inner * 1000) / random.between(740, 860))),
  };
};

const ROUNDING = "three-decimals";

type Facts = {
  readonly from: Day;
  readonly until?: Day | null;
  readonly heatClass: HeatClass;
  readonly innerArea: AreaMilliM2 | null;
  readonly grossArea: AreaMilliM2;
  readonly shareBasisPoints?: number;
  readonly document: string;
};

const termsOf = (facts: Facts): PlannedTerms => {
  const decision = decideBillingArea({ ...facts, rounding: ROUNDING });
  return {
    ...facts,
    until: facts.until ?? null,
    shareBasisPoints: facts.shareBasisPoints ?? 10_000,
    billingArea: decision.areaMilliM2,
    areaRule: decision.rule,
  };
};

const CERTIFICATE_FOUND_ON = day("2026-05-12");
const BECAME_OFFICE_ON = day("2026-06-01");

const homeTerms = (random: Random, openedOn: Day): PlannedTerms[] => {
  const { inner, gross } = homeAreas(random);
  const certificate = `房产证 ${openedOn.slice(0, 4)}-${String(random.below(1_000_000)).padStart(6, "0")}`;
  const residential = { heatClass: "residential", grossArea: gross } as const;
  if (!random.chance(2500)) {
    const first = { ...residential, from: openedOn, innerArea: inner, document: certificate };
    if (openedOn >= BECAME_OFFICE_ON || !random.chance(10)) return [termsOf(first)];
    const office = {
      from: BECAME_OFFICE_ON,
      heatClass: "non-residential",
      innerArea: inner,
      grossArea: gross,
    } as const;
    return [
      termsOf({ ...first, until: BECAME_OFFICE_ON }),
      termsOf({ ...office, document: "用热性质变更申请" }),
    ];
  }
  const first = { ...residential, from: openedOn, innerArea: null, document: "购房合同，未提供套内面积" };
  // A household brings its certificate in time for the season: from then on the inner area counts.
  if (openedOn >= CERTIFICATE_FOUND_ON || !random.chance(200)) return [termsOf(first)];
  return [
    termsOf({ ...first, until: CERTIFICATE_FOUND_ON }),
    termsOf({ ...residential, from: CERTIFICATE_FOUND_ON, innerArea: inner, document: certificate }),
  ];
};

const ODDITIES = [
  { name: "阁楼", from: 12, to: 38, share: 10_000, heatClass: "residential" },
  { name: "封闭阳台", from: 4, to: 12, share: 5_000, heatClass: "residential" },
  { name: "地下车库", from: 15, to: 30, share: 5_000, heatClass: "residential" },
  { name: "底层商铺", from: 20, to: 60, share: 10_000, heatClass: "non-residential" },
] as const;

/** One charge point for most; two of a hundred homes have a heated attic, balcony, garage or a shop below. */
export const planPoints = (random: Random, door: PlannedDoor, openedOn: Day): PlannedPoint[] => {
  if (door.shop) {
    const grossArea = squareMetres(fromQuantiles(random, SHOP_AREAS) * 100 + random.below(100));
    const document = `用热合同 ${openedOn.slice(0, 4)}-商${random.below(100_000)}`;
    const facts = {
      from: openedOn,
      heatClass: "non-residential",
      innerArea: null,
      grossArea,
      document,
    } as const;
    return [{ name: "", terms: [termsOf(facts)] }];
  }
  const points: PlannedPoint[] = [{ name: "", terms: homeTerms(random, openedOn) }];
  if (!random.chance(200)) return points;
  const oddity = must(ODDITIES[random.weighted([40, 35, 15, 10])], "an oddity");
  const area = squareMetres(random.between(oddity.from * 100, oddity.to * 100));
  const facts = { from: openedOn, heatClass: oddity.heatClass, innerArea: area, grossArea: area };
  const document = "现场勘查记录";
  return [
    ...points,
    { name: oddity.name, terms: [termsOf({ ...facts, document, shareBasisPoints: oddity.share })] },
  ];
};

export type PlannedStates = {
  readonly supply: readonly Period<SupplyState>[];
  readonly valve: readonly Period<ValveState>[];
};

/** The state before a day and from it on; one period when the account is younger than the change. */
const changedOn = <State>(openedOn: Day, on: Day, before: State, after: State): Period<State>[] =>
  openedOn >= on
    ? [{ from: openedOn, until: null, state: after }]
    : [
        { from: openedOn, until: on, state: before },
        { from: on, until: null, state: after },
      ];

/** A stop is applied for from 1 April to 30 September. */
const stoppedOn = (random: Random): Day => {
  const year = must(
    [2021, 2022, 2023, 2024, 2025, 2026][random.weighted([15, 15, 20, 20, 15, 15])],
    "a year",
  );
  return addDays(day(`${year}-04-01`), random.below(183));
};

/** Supply and valve as they stood; the state of the account itself is active. */
export const planStates = (random: Random, habit: Habit, openedOn: Day): PlannedStates => {
  const always = <State>(state: State): Period<State>[] => [{ from: openedOn, until: null, state }];
  switch (habit) {
    case "supplied":
    case "disputing":
      return { supply: always("supplied"), valve: always(random.chance(100) ? "unknown" : "open") };
    case "resumed": {
      const on = addDays(day("2026-04-10"), random.below(150));
      return {
        supply: changedOn<SupplyState>(openedOn, on, "suspended", "supplied"),
        valve: changedOn<ValveState>(openedOn, on, "closed", "open"),
      };
    }
    case "violating": {
      const on = day("2026-01-12");
      return {
        supply: changedOn<SupplyState>(openedOn, on, "supplied", "closed-for-violation"),
        valve: changedOn<ValveState>(openedOn, on, "open", "sealed"),
      };
    }
    case "never-paid":
      return {
        supply: always("undecided"),
        valve: changedOn<ValveState>(openedOn, day("2023-11-18"), "open", "closed"),
      };
    case "closed-for-arrears": {
      const on = addDays(day("2024-11-18"), random.below(14));
      return {
        supply: changedOn<SupplyState>(openedOn, on, "supplied", "closed-for-arrears"),
        valve: changedOn<ValveState>(openedOn, on, "open", "closed"),
      };
    }
    case "suspended": {
      const on = stoppedOn(random);
      return {
        supply: changedOn<SupplyState>(openedOn, on, "supplied", "suspended"),
        valve: changedOn<ValveState>(openedOn, on, "open", random.chance(6000) ? "sealed" : "closed"),
      };
    }
    case "never-opened":
      return { supply: always("never-opened"), valve: always("closed") };
    case "cut-off":
      return {
        supply: changedOn<SupplyState>(openedOn, day("2022-06-20"), "supplied", "cut-off"),
        valve: changedOn<ValveState>(openedOn, day("2022-06-20"), "open", "sealed"),
      };
  }
};

/** The day on which the account began: its building's first winter, some later. */
export const openedOnOf = (random: Random, building: PlannedBuilding): Day =>
  random.chance(100)
    ? day("2025-10-09")
    : day(`${building.community.openedYear}-10-${random.between(10, 31)}`);
