/** Scheduling: what hangs on a station, a loop or some buildings is tested together, each building with a test of its own. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { affectedBuildings } from "#src/town/supply/index.ts";
import { requireContactNumber } from "./contact.ts";
import {
  findAssetName,
  findBuildingNames,
  insertRound,
  insertTests,
  type NewTest,
  reachesBeyond,
} from "./queries.ts";
import { formatTestNo } from "./schema.ts";
import type { TestKind } from "./states.ts";

export type TestWindow = { readonly startsAt: Date; readonly endsAt: Date };

export type NewRound = {
  readonly kind: TestKind;
  /** One of the three, or several: whoever hangs on any, as the network is switched when it starts. */
  readonly stationId?: bigint | undefined;
  readonly loopId?: bigint | undefined;
  readonly buildingIds?: readonly bigint[] | undefined;
  readonly window: TestWindow;
  /** Buildings of it that have another window: a crew walks from one to the next. */
  readonly windows?: readonly (TestWindow & { readonly buildingId: bigint })[] | undefined;
  readonly contactName: string;
  readonly contactNumber: string;
  /** What a pressure test has to hold; a cold run has none of it. */
  readonly pressure?:
    | { readonly requiredKpa: number; readonly holdMinutes: number; readonly allowedDropKpa: number }
    | undefined;
  readonly title?: string | undefined;
  readonly note?: string | undefined;
};

export type PlannedRound = {
  readonly roundId: bigint;
  readonly tests: readonly { readonly id: bigint; readonly buildingId: bigint }[];
};

const DAY_MS = 86_400_000;
/** A pressure test is a day's work; a cold run goes on until the sources are fired. */
const LONGEST_MS: Readonly<Record<TestKind, number>> = { pressure: DAY_MS, "cold-run": 31 * DAY_MS };
const WORD: Readonly<Record<TestKind, string>> = { pressure: "试压", "cold-run": "冷态运行" };

/** @throws DomainError `pressure-test.window-refused` for one that is past, ends before it begins, or is too long */
export const checkWindow = (window: TestWindow, kind: TestKind, now: Date): void => {
  const length = window.endsAt.getTime() - window.startsAt.getTime();
  if (length <= 0 || length > LONGEST_MS[kind]) {
    fail("pressure-test.window-refused", "a window ends after it begins, within what its kind takes", {
      field: "endsAt",
      remedy: `${kind} takes ${LONGEST_MS[kind] / DAY_MS} days at most`,
    });
  }
  if (window.startsAt <= now) {
    fail("pressure-test.window-refused", "this window has begun", {
      field: "startsAt",
      remedy: "people have to be told before: choose a later one",
    });
  }
};

const checkPressure = (round: NewRound): void => {
  if ((round.kind === "pressure") === (round.pressure !== undefined)) return;
  fail("pressure-test.pressure-refused", "a pressure test says what it has to hold, a cold run does not", {
    field: "pressure",
  });
};

const windowsOf = (round: NewRound, buildingIds: readonly bigint[], now: Date): NewTest[] => {
  const special = new Map((round.windows ?? []).map((one) => [one.buildingId, one]));
  const stray = [...special.keys()].filter((id) => !buildingIds.includes(id));
  if (stray.length > 0) {
    fail("pressure-test.building-unknown", "a window is given for a building that is not in this round", {
      field: "windows",
      facts: { buildingIds: stray.map(String) },
    });
  }
  return buildingIds.map((buildingId) => {
    const { startsAt, endsAt } = special.get(buildingId) ?? round.window;
    checkWindow({ startsAt, endsAt }, round.kind, now);
    return { buildingId, startsAt, endsAt };
  });
};

/** @throws DomainError `pressure-test.beyond-scope` */
const requireAllWithin = async (context: CommandContext, buildingIds: readonly bigint[]): Promise<void> => {
  const { sql, actor, today } = context;
  if (!(await reachesBeyond(sql, { ...scopeBindings(actor.scope, today), buildingIds }))) return;
  fail("pressure-test.beyond-scope", "this touches buildings outside your areas", {
    remedy: "name the buildings of your areas, or have it planned by a supervisor",
  });
};

const refuseTaken = async (
  context: CommandContext,
  round: NewRound,
  wanted: readonly bigint[],
  planned: readonly { readonly buildingId: bigint }[],
): Promise<void> => {
  const done = new Set(planned.map((test) => test.buildingId));
  const taken = wanted.filter((id) => !done.has(id));
  if (taken.length === 0) return;
  const names = await findBuildingNames(context.sql, taken);
  fail("pressure-test.building-planned", "a building of this round has such a test ahead already", {
    field: "buildingIds",
    remedy: "move or cancel that one, or leave the building out",
    facts: { kind: round.kind, buildings: names.map((one) => one.name), count: taken.length },
  });
};

/**
 * Plans a round: one test for each building, all planned. Nobody is told by this; see `announceRound`.
 * Not repeatable: the second call is refused, because the buildings have a test ahead then.
 * @throws DomainError `pressure-test.pressure-refused`, `phone.unreadable`, `supply.nothing-named`, `pressure-test.no-building`,
 * `pressure-test.beyond-scope`, `pressure-test.building-unknown`, `pressure-test.window-refused`, `pressure-test.building-planned`
 */
export const planRound = async (context: CommandContext, round: NewRound): Promise<PlannedRound> => {
  const { sql, actor, now } = context;
  checkPressure(round);
  requireContactNumber(round.contactNumber);
  const { stationId, loopId, buildingIds, window } = round;
  const buildings = await affectedBuildings(sql, { stationId, loopId, buildingIds }, window.startsAt);
  if (buildings.length === 0) {
    fail("pressure-test.no-building", "no building hangs on this at that time", {
      remedy: "look at the network (what it feeds), or name the buildings: buildingIds",
    });
  }
  await requireAllWithin(context, buildings);
  const tests = windowsOf(round, buildings, now);
  const asset = { stationId: stationId ?? null, loopId: stationId === undefined ? (loopId ?? null) : null };
  const [first] = await findBuildingNames(sql, buildings.slice(0, 1));
  const place = (await findAssetName(sql, asset)) ?? `${first?.name ?? ""}等${buildings.length}栋`;
  const { id: roundId } = await insertRound(sql, {
    ...asset,
    kind: round.kind,
    title: round.title ?? `${place} ${WORD[round.kind]}`,
    contactName: round.contactName,
    contactNumber: round.contactNumber,
    requiredKpa: round.pressure?.requiredKpa ?? null,
    holdMinutes: round.pressure?.holdMinutes ?? null,
    allowedDropKpa: round.pressure?.allowedDropKpa ?? null,
    note: round.note ?? "",
    now,
    plannedBy: staffIdOf(actor),
  });
  const planned = await insertTests(sql, { roundId, kind: round.kind, retestOf: null, tests });
  await refuseTaken(context, round, buildings, planned);
  context.audit({
    subject: `pressure-round:${roundId}`,
    details: { planned: planned.map((test) => formatTestNo(test.id)), kind: round.kind, ...asset },
  });
  return { roundId, tests: planned };
};
