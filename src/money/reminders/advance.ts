/**
 * Moving the accounts of a day up the ladder. One pass per business date and stage: a row with a cursor, then chunks of accounts,
 * each one transaction with one audit row. A kill leaves the cursor, and the same call goes on from there. That an account comes
 * to a stage once, and never back, is the database's word (`dunning_standings`, `dunning_entries`), whoever runs what twice.
 */
import { addDays, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { fen, type Fen } from "#src/kernel/money.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { type Actor, authorize } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import { advanceChunk, advanceRun, ensureRun, lockRun, type Run } from "./advance-queries.ts";
import { collectionsNotCertified } from "./certified-days.ts";
import type { Uncertified } from "./certified-queries.ts";
import { type Stage, stageOn } from "./ladder.ts";
import { findLadder } from "./ladder-queries.ts";

/** Accounts per transaction. */
export const ADVANCE_CHUNK_ACCOUNTS = 5000;

export type Advance = {
  readonly day: Day;
  /** Null before the first season's bills. */
  readonly season: number | null;
  /** Null between stages: nothing is to be done. */
  readonly stage: string | null;
  readonly runId: bigint | null;
  /** Of the pass as a whole. */
  readonly entered: bigint;
  readonly enteredFen: Fen;
  readonly paused: bigint;
  /** Not empty: nothing was done, because these have not certified the day before. */
  readonly waitingFor: readonly Uncertified[];
};

type AdvancePlatform = Pick<Platform, "database" | "commands" | "clock">;
export type AdvanceOptions = {
  readonly actor: Actor;
  /** Default today. */
  readonly day?: Day | undefined;
  readonly chunkAccounts?: number | undefined;
  readonly requestId?: string | undefined;
};

const oneChunk = async (
  platform: AdvancePlatform,
  run: Run,
  stage: Stage,
  options: AdvanceOptions,
): Promise<Run> => {
  const { actor, requestId } = options;
  const { result } = await platform.commands.run(
    { name: "reminders.advance", actor, pool: "bulk", ...(requestId === undefined ? {} : { requestId }) },
    async (context): Promise<Run> => {
      const { sql, now } = context;
      const locked = await lockRun(sql, run.id);
      if (locked.state === "done") return locked;
      const chunk = await advanceChunk(sql, stage.audience, {
        season: run.seasonId,
        rank: run.rank,
        runId: run.id,
        day: run.businessDate,
        afterAccount: locked.cursorAccountId,
        limit: options.chunkAccounts ?? ADVANCE_CHUNK_ACCOUNTS,
      });
      await advanceRun(sql, { id: run.id, now, ...chunk });
      const subject = `reminder-run:${run.id}`;
      if (chunk.entered > 0n || chunk.finished) {
        const { toAccount, entered, enteredFen, paused, finished } = chunk;
        context.audit({
          subject,
          details: { stage: stage.code, toAccount, entered, enteredFen, paused, finished },
        });
      }
      const enteredCount = locked.enteredCount + chunk.entered;
      if (chunk.finished && enteredCount > 0n) {
        context.emit({ type: "reminders.entered", subject, payload: { runId: String(run.id) } });
      }
      return {
        ...locked,
        enteredCount,
        enteredFen: locked.enteredFen + chunk.enteredFen,
        pausedCount: locked.pausedCount + chunk.paused,
        state: chunk.finished ? "done" : "running",
      };
    },
  );
  return result;
};

const beginRun = async (
  platform: AdvancePlatform,
  options: AdvanceOptions,
  wanted: { readonly day: Day; readonly seasonId: number; readonly ladderId: bigint; readonly rank: number },
): Promise<Run> => {
  const { day, ...rest } = wanted;
  const { result } = await platform.commands.run(
    { name: "reminders.begin", actor: options.actor },
    (context) => ensureRun(context.sql, { ...rest, businessDate: day, now: context.now }),
  );
  return result;
};

/**
 * Brings every account whom the stage of `day` concerns to that stage, unless a hold pauses it. Repeating is safe: a pass that is done
 * answers what it did; several callers at once share one pass. An account on hold comes to the stage of the day on which the
 * hold has ended, not to those that it missed. Announces `reminders.entered` once, when a pass that moved somebody is done.
 * @throws DomainError `forbidden`, `reminders.day-ahead`
 */
export const advanceLadder = async (platform: AdvancePlatform, options: AdvanceOptions): Promise<Advance> => {
  authorize(options.actor, "reminder.run");
  const { sql } = platform.database;
  const now = today(platform.clock);
  const day = options.day ?? now;
  if (day > now) {
    fail("reminders.day-ahead", `${day} has not come`, {
      field: "day",
      remedy: "nobody is reminded in advance",
    });
  }
  const nothing = { day, runId: null, entered: 0n, enteredFen: fen(0n), paused: 0n, waitingFor: [] };
  const season = billingSeasonOf(await findSeasons(sql), day);
  if (season === null) return { ...nothing, season: null, stage: null };
  const ladder = await findLadder(sql, season.id);
  const stage = stageOn(ladder.stages, season, day);
  if (stage === null) return { ...nothing, season: season.id, stage: null };
  if (stage.afterCertificates) {
    const waitingFor = await collectionsNotCertified(sql, addDays(day, -1));
    if (waitingFor.length > 0) return { ...nothing, season: season.id, stage: stage.code, waitingFor };
  }
  let run = await beginRun(platform, options, {
    day,
    seasonId: season.id,
    ladderId: ladder.id,
    rank: stage.rank,
  });
  while (run.state === "running") {
    await failpoint("reminder-chunk-before");
    run = await oneChunk(platform, run, stage, options);
    await failpoint("reminder-chunk-after");
  }
  return {
    day,
    season: season.id,
    stage: stage.code,
    runId: run.id,
    entered: run.enteredCount,
    enteredFen: fen(run.enteredFen),
    paused: run.pausedCount,
    waitingFor: [],
  };
};
