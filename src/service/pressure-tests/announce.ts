/**
 * Announcing (告知): a week before and the day before. A person may ask for it at once after planning; every morning it is looked
 * whether a test ahead was not told of. The day before follows the week before and goes by itself where its words were approved.
 */
import { addDays, type Day, instantOfDay } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { accessRound } from "./access-test.ts";
import { carryOut } from "./change-test.ts";
import { requireWindowAhead } from "./guards.ts";
import { askForNext, TASK_NEXT } from "./next-step.ts";
import { findRoundsToTell, findTestsOfRound, findUnused, lockTests } from "./queries.ts";
import { findUntold, forgetUntold } from "./record-queries.ts";
import { formatTestNo, type Round, type Test } from "./schema.ts";
import { requireTransition } from "./states.ts";
import { type Announcement, tellAhead } from "./tell-people.ts";

export type Announced = {
  readonly noticeIds: readonly bigint[];
  readonly testIds: readonly bigint[];
};

/** Tests of one window and one count of windows are told by one notice. */
const groupsOf = (tests: readonly Test[]): [Test, ...Test[]][] => {
  const groups = new Map<string, [Test, ...Test[]]>();
  for (const test of tests) {
    const key = `${test.startsAt?.getTime()} ${test.endsAt?.getTime()} ${test.windowNo}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [test]);
    else known.push(test);
  }
  return [...groups.values()];
};

const announceTests = async (
  context: CommandContext,
  round: Round,
  stage: Announcement,
  tests: readonly Test[],
): Promise<Announced> => {
  const noticeIds: bigint[] = [];
  for (const group of groupsOf(tests)) {
    for (const test of group) requireWindowAhead(test, context.now);
    noticeIds.push(await tellAhead(context, group, stage, round));
    for (const test of group) {
      await carryOut(context, test, requireTransition(test.state, "announce"), {}, { stage });
    }
  }
  return { noticeIds, testIds: tests.map((test) => test.id) };
};

/** Tests of the round that take the command and were not told of their window at this stage, locked. */
const untoldOf = async (
  context: CommandContext,
  round: Round,
  stage: Announcement,
  until: Date | null,
): Promise<Test[]> => {
  const { sql, actor, today, now } = context;
  const all = await findTestsOfRound(sql, round.id, scopeBindings(actor.scope, today));
  const locked = await lockTests(
    sql,
    all.map((test) => test.id),
  );
  const ahead = locked.filter(
    (test) =>
      (test.state === "planned" || test.state === "announced") &&
      test.startsAt !== null &&
      test.startsAt > now &&
      (until === null || test.startsAt < until),
  );
  const testIds = ahead.map((test) => test.id);
  await forgetUntold(sql, testIds);
  const untold = await findUntold(sql, { testIds, stage });
  return ahead.filter((test) => untold.has(test.id));
};

/**
 * Tells of the tests of a round that lie in the actor's areas: each window is a notice, to be approved like any other. Repeating is
 * refused, not repeated: what was told at this stage is not told again.
 * @throws DomainError `pressure-round.not-found`, `pressure-test.nothing-to-tell`, those of `createNotice`
 */
export const announceRound = async (
  context: CommandContext,
  roundId: bigint,
  stage: Announcement,
): Promise<Announced> => {
  const { sql, actor, today } = context;
  const round = await accessRound(sql, actor, roundId, today);
  const tests = await untoldOf(context, round, stage, null);
  if (tests.length === 0) {
    fail("pressure-test.nothing-to-tell", "no test ahead of this round is untold at this stage", {
      remedy: "look at its tests: their states, windows and what was told",
      facts: { stage },
    });
  }
  return announceTests(context, round, stage, tests);
};

/**
 * Up to these days from now; one of today or tomorrow must be told now. The notice of a week before is written three days ahead of
 * its hour: two people have to approve it.
 */
const HORIZON_DAYS: Readonly<Record<Announcement, number>> = { "week-before": 11, "day-before": 2 };

const announceOne = async (
  platform: Platform,
  id: bigint,
  stage: Announcement,
  until: Date,
): Promise<number> => {
  const { result } = await platform.commands.run(
    // An audience may be frozen in it, of every home of a station.
    { name: "pressure-round.announce", actor: systemActor("pressure-tests"), pool: "bulk" },
    async (context) => {
      const round = await accessRound(context.sql, context.actor, id, context.today);
      // So near the day before is enough.
      const tests = (await untoldOf(context, round, stage, until)).filter(
        (test) =>
          stage === "day-before" ||
          must(test.startsAt, "a window") >= instantOfDay(addDays(context.today, 3)),
      );
      return (await announceTests(context, round, stage, tests)).noticeIds.length;
    },
  );
  return result;
};

/**
 * The morning's look: what lies within its days and was not told. Each round is a command of its own, and one that is refused (nothing
 * may go before its window begins) keeps no other from being told: it is thrown behind them. Repeating is safe. Answers how many
 * notices were made.
 */
export const announceDue = async (platform: Platform, businessDate: Day): Promise<number> => {
  let made = 0;
  const refused: unknown[] = [];
  for (const stage of ["week-before", "day-before"] as const) {
    const until = instantOfDay(addDays(businessDate, HORIZON_DAYS[stage]));
    const from = platform.clock.now();
    const rounds = await findRoundsToTell(platform.database.sql, { stage, from, until });
    for (const { id } of rounds) {
      try {
        made += await announceOne(platform, id, stage, until);
      } catch (error) {
        refused.push(error);
      }
    }
  }
  if (refused.length > 0) throw refused[0];
  return made;
};

const UNUSED_AT_ONCE = 200;

/** Tests whose hours are over and that nobody finished, each as a task. Repeating is safe. Answers how many are new. */
export const lookAfterUnused = async (platform: Platform, limit = UNUSED_AT_ONCE): Promise<number> => {
  let all = 0;
  for (;;) {
    const now = platform.clock.now();
    const ids = await findUnused(platform.database.sql, { now, kind: TASK_NEXT, limit });
    let asked = 0;
    for (const { id } of ids) {
      const { result } = await platform.commands.run(
        { name: "pressure-test.look-after", actor: systemActor("pressure-tests") },
        async (context) => {
          const [test] = await lockTests(context.sql, [id]);
          if (test === undefined || !isUnused(test, context.now)) return 0;
          await askForNext(context, test, "unused");
          return 1;
        },
      );
      asked += result;
    }
    all += asked;
    // None of a page asked for: somebody else was faster.
    if (ids.length < limit || asked === 0) return all;
  }
};

const UNFINISHED: readonly string[] = ["planned", "announced", "running"];
const isUnused = (test: Test, now: Date): boolean =>
  UNFINISHED.includes(test.state) && test.endsAt !== null && test.endsAt <= now;

export const announcedJson = (announced: Announced) => ({
  noticeIds: announced.noticeIds.map(String),
  testNos: announced.testIds.map(formatTestNo),
});
