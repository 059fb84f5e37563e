/** SQL on where accounts stand: what is unpaid, which stages they came to, what pauses them. */
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { HoldKind } from "#src/town/accounts/index.ts";
import { CONCERNED, UNPAID } from "./advance-queries.ts";
import type { StageAudience } from "./ladder.ts";

export type OpenAmounts = {
  /** Of all bills, offered and due, of any season. */
  readonly openFen: Fen;
  /** Of the season's bills. */
  readonly seasonFen: Fen;
  /** Of bills that are due, of any season. */
  readonly dueFen: Fen;
};

const AMOUNTS = `
  coalesce(sum(bill.amount_fen - bill.paid_fen), 0)::bigint as "openFen",
  coalesce(sum(bill.amount_fen - bill.paid_fen) filter (where bill.season_id = :season::smallint), 0)::bigint as "seasonFen",
  coalesce(sum(bill.amount_fen - bill.paid_fen) filter (where bill.state = 'due'), 0)::bigint as "dueFen"`;

const openAmounts = `select ${AMOUNTS} from bills bill where bill.account_id = :accountId and ${UNPAID}`;
export const findOpenAmounts = (
  sql: Sql,
  query: { accountId: bigint; season: number },
): Promise<OpenAmounts> => sql.one<OpenAmounts>(openAmounts, query);

export type Entry = {
  readonly season: number;
  readonly rank: number;
  readonly code: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly enteredOn: Day;
  readonly openFen: Fen;
  readonly billCount: number;
  readonly runId: bigint;
  readonly ladderId: bigint;
  readonly anchor: string;
  readonly offsetDays: number;
  readonly audience: StageAudience;
  readonly document: string;
};

const entries = `
  select entry.season_id as season, entry.rank, stage.code, stage.name_zh as "nameZh", stage.name_en as "nameEn",
    entry.entered_on as "enteredOn", entry.open_fen as "openFen", entry.bill_count as "billCount", entry.run_id as "runId",
    run.ladder_id as "ladderId", stage.anchor, stage.offset_days as "offsetDays", stage.audience, ladder.document
  from dunning_entries entry
  join dunning_runs run on run.id = entry.run_id
  join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank
  join dunning_ladders ladder on ladder.id = run.ladder_id
  where entry.account_id = :accountId
  order by entry.season_id desc, entry.rank desc`;
/** Every stage that an account came to, the latest first. */
export const findEntries = (sql: Sql, accountId: bigint): Promise<Entry[]> =>
  sql.rows<Entry>(entries, { accountId });

const concerns = (audience: StageAudience): string => `
  select exists (select 1 from bills bill
    where bill.account_id = :accountId and ${UNPAID} and ${CONCERNED[audience]}) as concerned`;
const CONCERNS: Readonly<Record<StageAudience, string>> = {
  "season-bills": concerns("season-bills"),
  closable: concerns("closable"),
  debts: concerns("debts"),
};
/** Whether a stage of this audience concerns the account now. */
export const isConcerned = async (
  sql: Sql,
  audience: StageAudience,
  query: { accountId: bigint; season: number; day: Day },
): Promise<boolean> => (await sql.one<{ concerned: boolean }>(CONCERNS[audience], query)).concerned;

export type Reminded = OpenAmounts & {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly rank: number;
  readonly audience: StageAudience;
  readonly standingRank: number;
  readonly isClosed: boolean;
  readonly concerned: boolean;
  readonly holds: readonly HoldKind[];
};

const HOLDS = `array(select distinct hold.kind from account_holds hold where hold.account_id = account.id
  and hold.released_at is null and hold.starts_on <= :day::date and (hold.ends_on is null or hold.ends_on >= :day::date)
  order by 1)`;

const reminded = `
  select account.id as "accountId", account.account_no as "accountNo", run.rank, stage.audience,
    standing.rank as "standingRank", account.state = 'closed' as "isClosed",
    amounts."openFen", amounts."seasonFen", amounts."dueFen",
    case stage.audience when 'debts' then amounts."dueFen" > 0 when 'season-bills' then amounts."seasonFen" > 0
      else exists (select 1 from bills bill where bill.account_id = account.id and ${UNPAID}
        and ${CONCERNED.closable}) end as concerned,
    ${HOLDS} as holds
  from dunning_runs run
  join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank
  join heat_accounts account on account.id = any(:accountIds::bigint[])
  join dunning_entries entry on entry.account_id = account.id and entry.run_id = run.id
  join dunning_standings standing on standing.account_id = account.id and standing.season_id = run.season_id
  cross join lateral (select ${AMOUNTS} from bills bill where bill.account_id = account.id and ${UNPAID}) amounts
  where run.id = :runId and run.season_id = :season::smallint
  order by account.id`;
/** How accounts that came to a stage by one pass stand now. Those that did not come by it have no row. */
export const findReminded = (
  sql: Sql,
  query: { runId: bigint; season: number; accountIds: readonly bigint[]; day: Day },
): Promise<Reminded[]> => sql.rows<Reminded>(reminded, query);

export type Payable = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly isClosed: boolean;
  readonly openFen: Fen;
  readonly holds: readonly HoldKind[];
};

const payable = `
  select account.id as "accountId", account.account_no as "accountNo", account.state = 'closed' as "isClosed",
    (select coalesce(sum(bill.amount_fen - bill.paid_fen), 0)::bigint from bills bill
      where bill.account_id = account.id and ${UNPAID}) as "openFen",
    ${HOLDS} as holds
  from heat_accounts account where account.id = any(:accountIds::bigint[]) order by account.id`;
export const findPayable = (
  sql: Sql,
  query: { accountIds: readonly bigint[]; day: Day },
): Promise<Payable[]> => sql.rows<Payable>(payable, query);
