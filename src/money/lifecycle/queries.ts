/** All SQL of the lifecycle room. It reads bills, balances, valves and areas; it writes none of them. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

const accountsOfPayments = `
  select distinct account_id as id from payments where id = any(:paymentIds::bigint[]) order by 1`;

export const findAccountsOfPayments = async (sql: Sql, paymentIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(accountsOfPayments, { paymentIds })).map((row) => row.id);

const accountsOfBills = `
  select distinct account_id as id from bills where id = any(:billIds::bigint[]) order by 1`;

export const findAccountsOfBills = async (sql: Sql, billIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(accountsOfBills, { billIds })).map((row) => row.id);

export type PaidBehindValve = {
  readonly chargePointId: bigint;
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly areaId: bigint | null;
  readonly valve: string;
  /**
   * How often its valve was opened and how often money was taken back from its heat bills of the season: each time ends a
   * round of paying and opening, and only grows the number.
   */
  readonly round: bigint;
};

const paidBehindValve = `
  with owed as (
    select charge_point_id, account_id
    from bills
    where account_id = any(:accountIds::bigint[]) and season_id = :seasonId and kind = 'heat' and state <> 'cancelled'
    group by charge_point_id, account_id
    having bool_and(paid_fen = amount_fen)
  )
  select owed.charge_point_id as "chargePointId", account.id as "accountId", account.account_no as "accountNo",
    served.area_id as "areaId", coalesce(valve.state, 'unknown') as valve,
    (select count(distinct taken.posting_id)
     from bills b join allocations taken on taken.bill_id = b.id and taken.amount_fen < 0
     where b.account_id = owed.account_id and b.charge_point_id = owed.charge_point_id
       and b.season_id = :seasonId and b.kind = 'heat')
    + (select count(*) from state_changes turned
       where turned.charge_point_id = owed.charge_point_id and turned.machine = 'valve'
         and turned.to_state = 'open') as round
  from owed
  join heat_accounts account on account.id = owed.account_id and account.state <> 'closed'
  join premises on premises.id = account.premises_id
  left join service_area_buildings served
    on served.building_id = premises.building_id and served.valid @> :today::date
  left join valve_states valve on valve.charge_point_id = owed.charge_point_id and valve.valid @> :today::date
  left join supply_states supply on supply.charge_point_id = owed.charge_point_id and supply.valid @> :today::date
  where coalesce(valve.state, 'unknown') in ('closed', 'sealed', 'unknown')
    and coalesce(supply.state, 'undecided') in ('undecided', 'supplied', 'closed-for-arrears')
  order by owed.charge_point_id`;

/**
 * Charge points of these accounts whose heat bills of the season are all paid in full and whose valve is not known open.
 * Who has stopped, was cut off or is closed for a breach has paid and waits for nobody: other papers open that valve.
 */
export const findPaidBehindValve = (
  sql: Sql,
  query: { readonly accountIds: readonly bigint[]; readonly seasonId: number; readonly today: Day },
): Promise<PaidBehindValve[]> => sql.rows<PaidBehindValve>(paidBehindValve, query);

const openSources = `
  select id, source from tasks
  where account_id = any(:accountIds::bigint[]) and kind = :kind and state = 'open' order by id`;

export const findOpenSources = (
  sql: Sql,
  query: { readonly accountIds: readonly bigint[]; readonly kind: string },
) => sql.rows<{ id: bigint; source: string }>(openSources, query);

const lockedStanding = `
  select coalesce(due.count, 0) as "debtCount", coalesce(due.fen, 0)::bigint as "debtFen",
    coalesce(offered.count, 0) as "offerCount", coalesce(offered.fen, 0)::bigint as "offerFen",
    coalesce(prepaid.balance_fen, 0) as "prepaidFen"
  from (select count(*) as count, sum(amount_fen - paid_fen) as fen from bills
        where account_id = :accountId and state = 'due' and paid_fen < amount_fen) due
  cross join (select count(*) as count, sum(amount_fen - paid_fen) as fen from bills
        where account_id = :accountId and state = 'offered' and paid_fen < amount_fen) offered
  left join household_balances prepaid on prepaid.account_id = :accountId and prepaid.code = 'prepaid'`;

export type Standing = {
  readonly debtCount: bigint;
  readonly debtFen: bigint;
  readonly offerCount: bigint;
  readonly offerFen: bigint;
  readonly prepaidFen: bigint;
};

/**
 * What hangs on an account, under its row's lock: payments, runs and cancellations of this account wait for the end of
 * the transaction, so what is read here holds until then.
 */
export const lockStanding = async (sql: Sql, accountId: bigint): Promise<Standing> => {
  // Two statements: the second one's snapshot is younger than whatever the lock waited for.
  await sql.run("select 1 from heat_accounts where id = :accountId for no key update", { accountId });
  return sql.one<Standing>(lockedStanding, { accountId });
};
