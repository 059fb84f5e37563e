/** SQL of what the menu tells about one household: what is owed, what was paid, until when its valve is opened. It writes nothing. */
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { Sql } from "#src/platform/sql.ts";

const standing = `
  select account.account_no as "accountNo", premises.building_id as "buildingId",
    coalesce((select sum(amount_fen - paid_fen) from bills where account_id = account.id and state = 'due'), 0)::bigint
      as "dueFen",
    coalesce((select sum(amount_fen - paid_fen) from bills where account_id = account.id and state = 'offered'), 0)::bigint
      as "offeredFen",
    (select count(*) from bills where account_id = account.id and season_id = :seasonId::smallint and kind = 'heat'
       and state <> 'cancelled') as "seasonBills",
    coalesce((select sum(amount_fen - paid_fen) from bills where account_id = account.id
       and season_id = :seasonId::smallint and kind = 'heat' and state <> 'cancelled'), 0)::bigint as "seasonOpenFen"
  from heat_accounts account join premises on premises.id = account.premises_id
  where account.id = :accountId`;
export type Standing = {
  readonly accountNo: string;
  readonly buildingId: bigint;
  readonly dueFen: Fen;
  readonly offeredFen: Fen;
  readonly seasonBills: bigint;
  readonly seasonOpenFen: Fen;
};
export const findStanding = (
  sql: Sql,
  query: { accountId: bigint; seasonId: number | null },
): Promise<Standing> => sql.one<Standing>(standing, query);

const latestPayment = `
  select amount_fen as "amountFen", (paid_at at time zone 'Asia/Shanghai')::date as "paidOn"
  from payments where account_id = :accountId and state = 'posted'
    and (:since::date is null or (paid_at at time zone 'Asia/Shanghai')::date >= :since::date)
  order by paid_at desc, id desc limit 1`;
/** The last payment since a day that was neither taken back nor is in doubt. */
export const findLatestPayment = (sql: Sql, query: { accountId: bigint; since: Day | null }) =>
  sql.maybeOne<{ amountFen: Fen; paidOn: Day }>(latestPayment, query);

const openingTask = `
  select id, due_at as "dueAt" from tasks
  where account_id = :accountId and kind = 'valve-opening' and state = 'open'
  order by due_at nulls last, id limit 1`;
/** The task that a payment or a request raised and that waits for its crew, the most urgent first. */
export const findOpeningTask = (sql: Sql, accountId: bigint) =>
  sql.maybeOne<{ id: bigint; dueAt: Date | null }>(openingTask, { accountId });
