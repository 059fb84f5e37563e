/** SQL that moves accounts up the ladder, and on the passes that do. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { accountOnHold, HOLD_KINDS } from "#src/town/accounts/index.ts";
import type { StageAudience } from "./ladder.ts";

export type Run = {
  readonly id: bigint;
  readonly businessDate: Day;
  readonly seasonId: number;
  readonly ladderId: bigint;
  readonly rank: number;
  readonly state: "running" | "done";
  readonly cursorAccountId: bigint;
  readonly enteredCount: bigint;
  readonly enteredFen: bigint;
  readonly pausedCount: bigint;
};

const RUN = `
  id, business_date as "businessDate", season_id as "seasonId", ladder_id as "ladderId", rank, state,
  cursor_account_id as "cursorAccountId", entered_count as "enteredCount", entered_fen as "enteredFen",
  paused_count as "pausedCount"`;

const addRun = `
  insert into dunning_runs (business_date, season_id, ladder_id, rank, started_at)
  values (:businessDate, :seasonId, :ladderId, :rank, :now) on conflict do nothing`;
const runOfDay = `
  select ${RUN} from dunning_runs where business_date = :businessDate and season_id = :seasonId and rank = :rank`;

/** The pass of a day and stage, begun now or before. */
export const ensureRun = async (
  sql: Sql,
  row: { businessDate: Day; seasonId: number; ladderId: bigint; rank: number; now: Date },
): Promise<Run> => {
  await sql.run(addRun, row);
  return sql.one<Run>(runOfDay, row);
};

const lockedRun = `select ${RUN} from dunning_runs where id = :id for update`;
export const lockRun = (sql: Sql, id: bigint): Promise<Run> => sql.one<Run>(lockedRun, { id });

const moveRun = `
  update dunning_runs set cursor_account_id = :toAccount, entered_count = entered_count + :entered,
    entered_fen = entered_fen + :enteredFen, paused_count = paused_count + :paused,
    state = case when :finished::boolean then 'done' else state end,
    finished_at = case when :finished::boolean then :now::timestamptz end
  where id = :id`;
export const advanceRun = (sql: Sql, row: ChunkResult & { id: bigint; now: Date }) => sql.run(moveRun, row);

/** Conditions on `bill`, which is unpaid; each stands where the whole house counts alike: chunk, list and claim. */
export const CONCERNED: Readonly<Record<StageAudience, string>> = {
  "season-bills": `bill.season_id = :season::smallint`,
  closable: `bill.season_id = :season::smallint and bill.kind = 'heat'
    and exists (select 1 from charge_point_terms terms where terms.charge_point_id = bill.charge_point_id
      and terms.valid @> :day::date and terms.loop_type = 'independent')
    and not exists (select 1 from valve_states valve where valve.charge_point_id = bill.charge_point_id
      and valve.valid @> :day::date and valve.state in ('closed', 'sealed'))
    and not exists (select 1 from supply_states supply where supply.charge_point_id = bill.charge_point_id
      and supply.valid @> :day::date and supply.state not in ('undecided', 'supplied'))`,
  debts: `bill.state = 'due'`,
};

/** A bill that somebody still has to pay. A payment in doubt (短款) has paid until a person takes it back. */
export const UNPAID = `bill.state in ('offered', 'due') and bill.paid_fen < bill.amount_fen`;

const ON_HOLD = accountOnHold("candidate.account_id", ":day::date", HOLD_KINDS);

const chunkOf = (audience: StageAudience): string => `
  with candidate as materialized (
    select bill.account_id, sum(bill.amount_fen - bill.paid_fen)::bigint as open_fen, count(*)::smallint as bill_count
    from bills bill
    where bill.account_id > :afterAccount::bigint and ${UNPAID} and ${CONCERNED[audience]}
      and exists (select 1 from heat_accounts account where account.id = bill.account_id and account.state <> 'closed')
      and not exists (select 1 from dunning_standings standing where standing.account_id = bill.account_id
        and standing.season_id = :season::smallint and standing.rank >= :rank::smallint)
    group by bill.account_id order by bill.account_id limit :limit::integer
  ), judged as materialized (
    select candidate.*, ${ON_HOLD} as held from candidate
  ), moved as (
    insert into dunning_standings as standing (account_id, season_id, rank)
    select account_id, :season::smallint, :rank::smallint from judged where not held order by account_id
    on conflict (account_id, season_id) do update set rank = excluded.rank where standing.rank < excluded.rank
    returning account_id
  ), entered as (
    insert into dunning_entries (account_id, season_id, rank, run_id, entered_on, open_fen, bill_count)
    select judged.account_id, :season::smallint, :rank::smallint, :runId, :day::date, judged.open_fen, judged.bill_count
    from judged join moved on moved.account_id = judged.account_id order by judged.account_id
    returning open_fen
  )
  select coalesce((select max(account_id) from judged), :afterAccount::bigint) as "toAccount",
    (select count(*) from judged) < :limit::integer as finished,
    (select count(*) from judged where held) as paused,
    count(*) as entered, coalesce(sum(open_fen), 0)::bigint as "enteredFen"
  from entered`;

const CHUNKS: Readonly<Record<StageAudience, string>> = {
  "season-bills": chunkOf("season-bills"),
  closable: chunkOf("closable"),
  debts: chunkOf("debts"),
};

export type ChunkResult = {
  readonly toAccount: bigint;
  readonly finished: boolean;
  readonly entered: bigint;
  readonly enteredFen: bigint;
  /** Accounts passed over because of a hold. */
  readonly paused: bigint;
};

/** The next accounts above a cursor whom the stage concerns and who have not reached it. */
export const advanceChunk = (
  sql: Sql,
  audience: StageAudience,
  chunk: {
    readonly season: number;
    readonly rank: number;
    readonly runId: bigint;
    readonly day: Day;
    readonly afterAccount: bigint;
    readonly limit: number;
  },
): Promise<ChunkResult> => sql.one<ChunkResult>(CHUNKS[audience], chunk);

const runs = `
  select run.id, run.business_date as "businessDate", run.season_id as "seasonId", run.ladder_id as "ladderId", run.rank,
    run.state, run.cursor_account_id as "cursorAccountId", run.entered_count as "enteredCount",
    run.entered_fen as "enteredFen", run.paused_count as "pausedCount", stage.code
  from dunning_runs run join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank`;
const runById = `${runs} where run.id = :id`;
export const findRun = (sql: Sql, id: bigint) =>
  sql.maybeOne<Run & { readonly code: string }>(runById, { id });
const latestRuns = `
  ${runs} where (:beforeId::bigint is null or run.id < :beforeId::bigint) order by run.id desc limit :limit::integer`;
export const findRuns = (sql: Sql, page: { beforeId: bigint | null; limit: number }) =>
  sql.rows<Run & { readonly code: string }>(latestRuns, page);
