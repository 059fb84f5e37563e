/** SQL of the bill run: its row, its tally, its chunks, and what falls due. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";
import { postingWords } from "#src/money/ledger/index.ts";
import type { Sql } from "#src/platform/sql.ts";

/** What the database's routines and guards refuse, in the words of this room. */
export const inBillingWords = postingWords({
  bill_runs_one_at_a_time: () =>
    fail("bill-run.in-progress", "a bill run of this season has just been started", {
      remedy: "wait for it to end; repeating issues what is left",
    }),
  bills_one_active: () =>
    fail("bill.exists", "a bill for this charge point and season was made meanwhile", {
      remedy: "run again; what has a bill is passed over",
    }),
});

export type BillRun = {
  readonly id: bigint;
  readonly seasonId: number;
  readonly asOf: Day;
  readonly state: "checked" | "posting" | "posted";
  readonly expectedCount: bigint;
  readonly expectedSumFen: Fen;
  readonly issuedCount: bigint;
  readonly issuedSumFen: Fen;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};

const RUN_COLUMNS = `
  id, season_id as "seasonId", as_of as "asOf", state, expected_count as "expectedCount",
  expected_sum_fen as "expectedSumFen", issued_count as "issuedCount", issued_sum_fen as "issuedSumFen",
  started_at as "startedAt", finished_at as "finishedAt"`;

const runById = `select ${RUN_COLUMNS} from bill_runs where id = :id`;
const unfinishedRun = `select ${RUN_COLUMNS} from bill_runs where season_id = :season and state <> 'posted'`;

export const findRun = (sql: Sql, id: bigint): Promise<BillRun | null> =>
  sql.maybeOne<BillRun>(runById, { id });

export type ListedRun = BillRun & { readonly startedBy: string | null; readonly approvedBy: string | null };
const listed = `
  select run.id, run.season_id as "seasonId", run.as_of as "asOf", run.state, run.expected_count as "expectedCount",
    run.expected_sum_fen as "expectedSumFen", run.issued_count as "issuedCount", run.issued_sum_fen as "issuedSumFen",
    run.started_at as "startedAt", run.finished_at as "finishedAt", starter.login as "startedBy", decider.login as "approvedBy"
  from bill_runs run left join staff_members starter on starter.id = run.started_by
  left join approvals approval on approval.id = run.approval_id
  left join staff_members decider on decider.id = approval.decided_by
  where (:beforeId::bigint is null or run.id < :beforeId::bigint)
    and (:season::smallint is null or run.season_id = :season::smallint)
  order by run.id desc limit :limit::int`;
export const listRuns = (
  sql: Sql,
  page: { season: number | null; beforeId: bigint | null; limit: number },
): Promise<ListedRun[]> => sql.rows<ListedRun>(listed, page);

const askedRun = `
  select id as "approvalId", state, request, reason from approvals
  where subject = :subject and kind = :kind and state in ('requested', 'approved', 'refused')
  order by id desc limit 1`;
export type AskedRun = {
  readonly approvalId: bigint;
  readonly state: "requested" | "approved" | "refused";
  readonly request: unknown;
  readonly reason: string | null;
};
/** The latest question to a second person about a season's run that is not used up. */
export const findAskedRun = (sql: Sql, query: { subject: string; kind: string }): Promise<AskedRun | null> =>
  sql.maybeOne<AskedRun>(askedRun, query);

const QUESTION_LOCK = 815_092;
/** Two questions about one season take turns until the transaction ends. */
export const lockRunQuestion = (sql: Sql, season: number): Promise<unknown> =>
  sql.rows("select pg_advisory_xact_lock(:key::int, :season::int)", { key: QUESTION_LOCK, season });

export const findUnfinishedRun = (sql: Sql, season: number): Promise<BillRun | null> =>
  sql.maybeOne<BillRun>(unfinishedRun, { season });

/** Seasons with a run that is not posted to its end. */
export const findUnfinishedSeasons = async (sql: Sql): Promise<number[]> =>
  (
    await sql.rows<{ season: number }>(
      "select season_id as season from bill_runs where state <> 'posted' order by season_id",
    )
  ).map(({ season }) => season);

const addRun = `
  insert into bill_runs (season_id, as_of, state, expected_count, expected_sum_fen, started_by, started_at, approval_id)
  values (:season, :asOf, 'checked', :count, :sumFen, :startedBy, :now, :approvalId)
  returning ${RUN_COLUMNS}`;

export const insertRun = (
  sql: Sql,
  row: {
    season: number;
    asOf: Day;
    count: bigint;
    sumFen: Fen;
    startedBy: bigint | null;
    now: Date;
    approvalId: bigint | null;
  },
): Promise<BillRun> => inBillingWords(sql.one<BillRun>(addRun, row));

const addLanes = `
  insert into bill_run_lanes (run_id, lane, cursor_account_id, until_account_id)
  select :id, part.lane, coalesce(lag(part.until_account_id) over (order by part.lane), 0),
    case when lead(part.lane) over (order by part.lane) is not null then part.until_account_id end
  from (
    select account.lane, max(account.id) as until_account_id
    from (select id, ntile(:lanes::int) over (order by id) as lane from heat_accounts) account
    group by account.lane
  ) part`;
/** Divides the roll among the lanes of a run, as many accounts to each; the last one has no end, for homes that come meanwhile. */
export const insertLanes = (sql: Sql, id: bigint, lanes: number): Promise<number> =>
  sql.run(addLanes, { id, lanes });

const openLanes = `
  select lane from bill_run_lanes where run_id = :id and not finished order by lane`;
/** The lanes that have accounts left. */
export const findOpenLanes = async (sql: Sql, id: bigint): Promise<number[]> =>
  (await sql.rows<{ lane: number }>(openLanes, { id })).map(({ lane }) => lane);

const closeRun = `
  update bill_runs set state = 'posted', finished_at = :now
  where id = :id and state = 'posting'
    and not exists (select 1 from bill_run_lanes lane where lane.run_id = :id and not lane.finished)`;
/** 1 when this call ended the run, 0 when it was over or a lane is not. */
export const finishRun = (sql: Sql, id: bigint, now: Date): Promise<number> => sql.run(closeRun, { id, now });

const openPosting = `update bill_runs set state = 'posting' where id = :id and state = 'checked'`;
/** 1 when this call moved the run on, 0 when it was posting already. */
export const beginPosting = (sql: Sql, id: bigint): Promise<number> => sql.run(openPosting, { id });

const issueChunkSql = `
  select from_account as "fromAccount", to_account as "toAccount", issued_count as "count",
    issued_sum_fen as "sumFen", finished
  from issue_bill_chunk(:runId::bigint, :lane::smallint, :chunkSize::int, :accountingDate::date, :now::timestamptz, :actorId::bigint)`;

export type IssuedChunk = {
  readonly fromAccount: bigint;
  readonly toAccount: bigint;
  readonly count: bigint;
  readonly sumFen: Fen;
  readonly finished: boolean;
};

export const issueChunk = (
  sql: Sql,
  input: {
    runId: bigint;
    lane: number;
    chunkSize: number;
    accountingDate: Day;
    now: Date;
    actorId: bigint | null;
  },
): Promise<IssuedChunk> => inBillingWords(sql.one<IssuedChunk>(issueChunkSql, input));

const tallySql = `
  select heat_class as "heatClass", loop_type as "loopType", refusal, count(*) as count,
    coalesce(sum(amount_fen), 0)::bigint as "sumFen"
  from bill_candidates(:season::smallint, :asOf::date, 0, 9223372036854775807)
  group by heat_class, loop_type, refusal order by heat_class desc nulls last, loop_type, refusal nulls first`;

export type TallyRow = {
  readonly heatClass: string | null;
  readonly loopType: string | null;
  readonly refusal: string | null;
  readonly count: bigint;
  readonly sumFen: Fen;
};

/** The whole roll by class, loop type and refusal: one pass over `bill_candidates`. */
export const tallyRoll = (sql: Sql, input: { season: number; asOf: Day }): Promise<TallyRow[]> =>
  sql.rows<TallyRow>(tallySql, input);

const reissuedSql = `
  select count(*) as count, min(account.account_no) as "accountNo"
  from (select distinct account_id from bills
    where season_id = :season::smallint and kind = 'heat' and sequence = 1 and state = 'cancelled') cancelled
  join heat_accounts account on account.id = cancelled.account_id
  cross join lateral bill_candidates(:season::smallint, :asOf::date, cancelled.account_id, cancelled.account_id) candidate
  where candidate.refusal is null and exists (select 1 from bills bill
    where bill.charge_point_id = candidate.charge_point_id and bill.season_id = :season::smallint and bill.kind = 'heat'
      and bill.sequence = 1 and bill.state = 'cancelled')`;

/** Charge points that would get a bill in place of one that people cancelled, and one of their households. */
export const countReissued = (
  sql: Sql,
  input: { season: number; asOf: Day },
): Promise<{ count: bigint; accountNo: string | null }> => sql.one(reissuedSql, input);

// Held by the connection of the process that issues: a killed process leaves it free at once.
const RUN_LOCK = 815_032;

/** False when another process issues bills of this season. */
export const tryRunLock = async (sql: Sql, season: number): Promise<boolean> =>
  (
    await sql.one<{ locked: boolean }>("select pg_try_advisory_lock(:key::int, :season::int) as locked", {
      key: RUN_LOCK,
      season,
    })
  ).locked;

export const releaseRunLock = (sql: Sql, season: number): Promise<unknown> =>
  sql.rows("select pg_advisory_unlock(:key::int, :season::int)", { key: RUN_LOCK, season });

const fallDueSql = `
  select to_account as "toAccount", bill_count as "count", bill_sum_fen as "sumFen", open_sum_fen as "openFen",
    finished
  from fall_due_chunk(:season::smallint, :day::date, :afterAccount::bigint, :chunkSize::int, :accountingDate::date,
    :now::timestamptz, :actorId::bigint)`;

export type FallenChunk = {
  readonly toAccount: bigint;
  readonly count: bigint;
  readonly sumFen: Fen;
  readonly openFen: Fen;
  readonly finished: boolean;
};

export const fallDueChunk = (
  sql: Sql,
  input: {
    season: number;
    day: Day;
    afterAccount: bigint;
    chunkSize: number;
    accountingDate: Day;
    now: Date;
    actorId: bigint | null;
  },
): Promise<FallenChunk> => inBillingWords(sql.one<FallenChunk>(fallDueSql, input));

/** Seasons that have offers whose due day has come. */
export const seasonsWithOffersDue = (sql: Sql, day: Day): Promise<{ season: number }[]> =>
  sql.rows<{ season: number }>(
    `select rule.season_id as season from season_rules rule
     where rule.due_on <= :day::date
       and exists (select 1 from bills where season_id = rule.season_id and state = 'offered')
     group by rule.season_id order by rule.season_id`,
    { day },
  );
