/**
 * Issuing the bills of a season. The run is a row with a state: checked > posting > posted. Everything that can be
 * refused is refused before that row is written; then chunks of accounts are issued on two lanes beside each other, each chunk by one
 * transaction that moves its lane's cursor, leaves one audit row and one event. A process that is killed leaves the lanes at
 * their cursors, and the next `issueBillRun` of the season goes on from there. There is no way back: a wrong bill is cancelled, with a reason.
 */
import type { Day } from "#src/kernel/day.ts";
import { assert, fail } from "#src/kernel/errors.ts";
import { type Fen, ZERO_FEN } from "#src/kernel/money.ts";
import { lockOpenDay } from "#src/money/ledger/index.ts";
import { requireSeason } from "#src/office/calendars/index.ts";
import { type Actor, authorize, staffIdOf } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import { useRunApproval } from "./approve-run.ts";
import { defaultAsOf } from "./candidate.ts";
import {
  checkExpectation,
  type Expectation,
  type RefusalTotal,
  requireWholeCompany,
  refuseReissued,
  tallyRun,
} from "./check-run.ts";
import {
  beginPosting,
  type BillRun,
  findOpenLanes,
  findRun,
  findUnfinishedRun,
  finishRun,
  inBillingWords,
  insertLanes,
  insertRun,
  issueChunk,
  releaseRunLock,
  tryRunLock,
} from "./run-queries.ts";

/** Accounts per transaction: about 0.4 s of locks for a payment to wait for; more accounts are not faster. */
export const ISSUE_CHUNK_ACCOUNTS = 5000;
/** One connection keeps one core busy. More lanes than two would leave the bulk pool nothing for others. */
const LANES = 2;

type RunPlatform = Pick<Platform, "database" | "commands" | "clock">;

export type IssueOptions = {
  readonly actor: Actor;
  readonly season: number;
  /** Terms and supply states of this day, not after today; default today, for a season that is over its end. */
  readonly asOf?: Day | undefined;
  readonly expected?: Expectation | undefined;
  /** Also where people cancelled this season's bill: they want a corrected one. */
  readonly reissueCancelled?: boolean | undefined;
  /** Of the second person, where the company's rule asks for one. */
  readonly approvalId?: bigint | undefined;
  readonly chunkAccounts?: number | undefined;
  /** Finishes a run that was interrupted, and begins none. */
  readonly onlyUnfinished?: boolean | undefined;
  readonly requestId?: string | undefined;
  /** Told after each chunk: bills issued so far, of how many. */
  readonly onProgress?: ((issued: bigint, expected: bigint) => void) | undefined;
};

export type IssueResult = {
  /** Null when there was nothing to issue: no run was made. */
  readonly runId: bigint | null;
  readonly season: number;
  readonly asOf: Day;
  readonly state: "posted";
  /** True when a run that had been interrupted was finished. */
  readonly resumed: boolean;
  /** Issued by this call. */
  readonly newBills: bigint;
  readonly newSumFen: Fen;
  /** Issued by the run as a whole. */
  readonly issuedCount: bigint;
  readonly issuedSumFen: Fen;
  readonly expectedCount: bigint;
  readonly expectedSumFen: Fen;
  /** Who got no bill and why, as counted when the run was checked; empty after a resumption. */
  readonly refused: readonly RefusalTotal[];
};

type CheckedRun = {
  readonly run: BillRun | null;
  readonly resumed: boolean;
  readonly asOf: Day;
  readonly refused: readonly RefusalTotal[];
};

/** Half a season billed as of one day and half as of another would be two tariffs of one run. */
const refuseOtherDay = (unfinished: BillRun, asOf: Day | undefined): void => {
  if (asOf === undefined || asOf === unfinished.asOf) return;
  fail("bill-run.other-day", `the interrupted run of this season bills as of ${unfinished.asOf}`, {
    field: "asOf",
    remedy: "finish it as of that day, or leave the day out",
    facts: { runId: unfinished.id, asOf: unfinished.asOf, given: asOf },
  });
};

/** All refusals, then the run's row; or the unfinished run of before. */
const checkRun = async (platform: RunPlatform, options: IssueOptions): Promise<CheckedRun> => {
  const { result } = await platform.commands.run(
    { name: "bill-run.check", actor: options.actor, pool: "bulk", ...requestIdOf(options) },
    async (context): Promise<CheckedRun> => {
      const { sql } = context;
      const season = await requireSeason(sql, options.season);
      await inBillingWords(lockOpenDay(sql, context.today));
      const unfinished = await findUnfinishedRun(sql, season.id);
      if (unfinished !== null) {
        refuseOtherDay(unfinished, options.asOf);
        checkExpectation(options.expected ?? {}, {
          count: unfinished.expectedCount,
          sumFen: unfinished.expectedSumFen,
        });
        return { run: unfinished, resumed: true, asOf: unfinished.asOf, refused: [] };
      }
      if (options.onlyUnfinished === true) {
        return { run: null, resumed: false, asOf: options.asOf ?? context.today, refused: [] };
      }
      if (context.today < season.billsOpenOn) {
        fail("season.not-open", `the bills of season ${season.id} open on ${season.billsOpenOn}`, {
          field: "season",
          remedy: "wait for that day, or change the season's dates",
        });
      }
      const asOf = options.asOf ?? defaultAsOf(season, context.today);
      if (asOf > context.today) {
        fail("bill-run.in-future", "terms and supply states of a day to come are not known yet", {
          field: "asOf",
          remedy: `use ${context.today} or an earlier day, or preview the bills of that day`,
          facts: { asOf, today: context.today },
        });
      }
      const tally = await tallyRun(sql, season, asOf);
      checkExpectation(options.expected ?? {}, tally);
      if (options.reissueCancelled !== true) await refuseReissued(sql, season, asOf);
      if (tally.count === 0n) return { run: null, resumed: false, asOf, refused: tally.refused };
      const approvalId = await useRunApproval(
        context,
        { season: season.id, asOf, reissueCancelled: options.reissueCancelled === true, ...tally },
        options.approvalId,
      );
      const run = await insertRun(sql, {
        season: season.id,
        asOf,
        count: tally.count,
        sumFen: tally.sumFen,
        startedBy: staffIdOf(context.actor),
        now: context.now,
        approvalId,
      });
      await insertLanes(sql, run.id, LANES);
      context.audit({
        subject: `bill-run:${run.id}`,
        details: {
          season: season.id,
          asOf,
          count: tally.count,
          sumFen: tally.sumFen,
          refused: tally.refused,
        },
      });
      return { run, resumed: false, asOf, refused: tally.refused };
    },
  );
  return result;
};

const requestIdOf = ({ requestId }: IssueOptions) => (requestId === undefined ? {} : { requestId });

const issueOneChunk = async (platform: RunPlatform, run: BillRun, lane: number, options: IssueOptions) => {
  const { result } = await platform.commands.run(
    { name: "bill-run.issue", actor: options.actor, pool: "bulk", ...requestIdOf(options) },
    async (context) => {
      const chunk = await issueChunk(context.sql, {
        runId: run.id,
        lane,
        chunkSize: options.chunkAccounts ?? ISSUE_CHUNK_ACCOUNTS,
        accountingDate: context.today,
        now: context.now,
        actorId: staffIdOf(context.actor),
      });
      const subject = `bill-run:${run.id}`;
      const { fromAccount, toAccount, count, sumFen, finished } = chunk;
      context.audit({ subject, details: { lane, fromAccount, toAccount, count, sumFen, finished } });
      if (count > 0n) {
        context.emit({
          type: "bills.issued",
          subject,
          payload: { runId: run.id, season: run.seasonId, fromAccount, toAccount },
        });
      }
      return chunk;
    },
  );
  return result;
};

const postChunks = async (platform: RunPlatform, run: BillRun, options: IssueOptions): Promise<void> => {
  const { database } = platform;
  let issued = run.issuedCount;
  const failed = new AbortController();
  const postLane = async (lane: number): Promise<void> => {
    for (let finished = false; !finished && !failed.signal.aborted;) {
      await failpoint("bill-chunk-before");
      const chunk = await issueOneChunk(platform, run, lane, options);
      await failpoint("bill-chunk-after");
      issued += chunk.count;
      finished = chunk.finished;
      options.onProgress?.(issued, run.expectedCount);
    }
  };
  await database.bulk((sql) => beginPosting(sql, run.id));
  const lanes = await findOpenLanes(database.sql, run.id);
  // A lane that fails stops the other one after its chunk; both are waited for, so that nothing posts behind the answer.
  const ended = await Promise.allSettled(
    lanes.map((lane) =>
      postLane(lane).catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  const broken = ended.find((lane) => lane.status === "rejected");
  if (broken !== undefined) throw broken.reason;
  await database.bulk((sql) => finishRun(sql, run.id, platform.clock.now()));
};

const checkAndPost = async (platform: RunPlatform, options: IssueOptions): Promise<IssueResult> => {
  const { run, resumed, asOf, refused } = await checkRun(platform, options);
  const common = { season: options.season, asOf, state: "posted", resumed, refused } as const;
  if (run === null) {
    return {
      ...common,
      runId: null,
      newBills: 0n,
      newSumFen: ZERO_FEN,
      issuedCount: 0n,
      issuedSumFen: ZERO_FEN,
      expectedCount: 0n,
      expectedSumFen: ZERO_FEN,
    };
  }
  await postChunks(platform, run, options);
  const posted = await findRun(platform.database.sql, run.id);
  assert(posted?.state === "posted", "a run whose lanes are finished is posted");
  return {
    ...common,
    runId: run.id,
    newBills: posted.issuedCount - run.issuedCount,
    newSumFen: (posted.issuedSumFen - run.issuedSumFen) as Fen,
    issuedCount: posted.issuedCount,
    issuedSumFen: posted.issuedSumFen,
    expectedCount: posted.expectedCount,
    expectedSumFen: posted.expectedSumFen,
  };
};

/**
 * Issues a bill to every charge point that can be billed and has none, or finishes the run that was interrupted. A second
 * run issues nothing. Refuses before the first write, in this order: rights, a run in another process, an unknown season,
 * a closed day, another day than that of the interrupted run, a season whose bills are not open, a day to come, a class
 * without price or days, figures that differ from `expected`.
 * Holds one connection with an advisory lock for the season; each chunk of the two lanes locks its accounts for its transaction.
 * The issued figures may differ from the expected ones when terms change while the run posts; both are kept on the run.
 * @throws DomainError `forbidden`, `bill-run.in-progress`, `season.unknown`, `day.closed`, `bill-run.other-day`,
 * `season.not-open`, `bill-run.in-future`, `season.no-price`, `bill-run.differs`
 */
export const issueBillRun = async (platform: RunPlatform, options: IssueOptions): Promise<IssueResult> => {
  authorize(options.actor, "bill.run");
  requireWholeCompany(options.actor);
  await requireSeason(platform.database.sql, options.season);
  return platform.database.withBulkClient(async (_client, sql) => {
    if (!(await tryRunLock(sql, options.season))) {
      fail("bill-run.in-progress", `another process is issuing the bills of season ${options.season}`, {
        field: "season",
        remedy: "wait for it to end; repeating issues what is left",
        facts: { season: options.season, at: today(platform.clock) },
      });
    }
    try {
      return await checkAndPost(platform, options);
    } finally {
      await releaseRunLock(sql, options.season);
    }
  });
};
