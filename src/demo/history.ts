/**
 * What happened in the seasons that are over: bills issued, paid, fallen due or withdrawn, tills emptied, channels
 * settled, days closed. Bills and payments go through the same routines as today's, with business dates in the past.
 */
import type { Day } from "#src/kernel/day.ts";
import { day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import { setSeasonRule } from "#src/money/tariffs/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { PAST_SEASONS } from "./payment-habits.ts";

const BILLS_PER_CHUNK = 5000;

/** Dropped with the seed's transaction. */
export const createHabitsTable = (sql: Sql): Promise<number> =>
  sql.run(`
    create temporary table demo_habits (account_id bigint not null, season_id smallint not null,
      paid_at timestamptz not null, channel_id smallint not null, tender text not null,
      share_basis_points integer not null, ordinal smallint not null) on commit drop`);

const beginRun = `
  insert into bill_runs (season_id, as_of, state, expected_count, expected_sum_fen, started_by, started_at)
  select :season::smallint, :on::date, 'posting', count(*), coalesce(sum(amount_fen), 0)::bigint, :staff::bigint, :at::timestamptz
  from bill_candidates(:season::smallint, :on::date, 0, 9223372036854775806) where refusal is null
  returning id`;

const issueChunk = `
  select finished from issue_bill_chunk(:run::bigint, :size::integer, :on::date, :at::timestamptz, :staff::bigint)`;

const issueSeason = async (sql: Sql, season: number, staff: bigint): Promise<void> => {
  const dates = { season, on: `${season}-09-01`, at: `${season}-09-01T08:00:00+08:00`, staff };
  const run = await sql.one<{ id: bigint }>(beginRun, dates);
  let finished = false;
  while (!finished) {
    const chunk = await sql.one<{ finished: boolean }>(issueChunk, {
      ...dates,
      run: run.id,
      size: BILLS_PER_CHUNK,
    });
    ({ finished } = chunk);
  }
};

/** Which of the two tills a household goes to. */
const TILL = "'T0' || (1 + account_id % 2)";

/** Shifts that are over: one per till and day with payments. */
const openShifts = `
  insert into shifts (staff_id, till, business_day, state, opened_at, closed_at)
  select staff.id, taken.till, taken.day, 'closed', (taken.day + time '08:00') at time zone 'Asia/Shanghai',
    (taken.day + time '20:30') at time zone 'Asia/Shanghai'
  from (select distinct ${TILL} as till, (paid_at at time zone 'Asia/Shanghai')::date as day
    from demo_habits join channels channel on channel.id = channel_id and channel.kind = 'counter'
    where season_id = :season) taken
  join staff_members staff on staff.login = case taken.till when 'T01' then 'cashier1' else 'cashier2' end
  order by taken.day, taken.till`;

/** The season's payments with their amounts, one row each; dropped with the transaction. */
const planPayments = `
  create temporary table demo_payments on commit drop as
  with owed as (
    select account_id, sum(amount_fen)::bigint as fen, case when count(*) = 1 then min(id) end as bill_id
    from bills where season_id = %season% and state <> 'cancelled' group by account_id
  ), amounts as (
    select habit.*, owed.bill_id, (habit.paid_at at time zone 'Asia/Shanghai')::date as day,
      case habit.ordinal when 1 then owed.fen * habit.share_basis_points / 10000
        else owed.fen - owed.fen * (10000 - habit.share_basis_points) / 10000 end as fen
    from demo_habits habit join owed on owed.account_id = habit.account_id
    where habit.season_id = %season%
  )
  select account_id, channel_id, tender, day, paid_at, fen,
    -- a wallet or a bank names the bill; at the counter people pay what is shown to them
    case when channel.kind = 'counter' then null else bill_id end as bill_id,
    shift.id as shift_id, shift.staff_id,
    to_char(day, 'YYYYMMDD') || lpad(channel_id::text, 2, '0')
      || lpad((row_number() over (partition by channel_id, day order by paid_at, account_id))::text, 6, '0') as serial,
    case when channel.kind <> 'counter' then 'channel_clearing' when tender = 'cash' then 'cash' else 'pos_clearing'
      end::ledger_code as debit
  from amounts
  join channels channel on channel.id = channel_id
  left join shifts shift on channel.kind = 'counter' and shift.till = ${TILL} and shift.business_day = day
  where fen > 0`;

const postInGroups = `
  select count(*) as posted from (
    select channel_id, debit, tender, shift_id, staff_id, day, max(paid_at) as at,
      array_agg(account_id order by serial) as accounts, array_agg(fen order by serial) as amounts,
      array_agg(serial order by serial) as serials, array_agg(paid_at order by serial) as paid_at,
      array_agg(day order by serial) as days, array_agg(bill_id order by serial) as bills
    from demo_payments where day >= :from::date and day < :until::date
    group by channel_id, debit, tender, shift_id, staff_id, day order by day, channel_id, tender) part
  cross join lateral post_payments(part.channel_id, part.debit, part.tender, part.shift_id, part.day, part.staff_id,
    part.at, 'old-debt-first', :season::smallint, part.accounts, part.amounts, part.serials, part.paid_at, part.days,
    part.bills) posted`;

const postOneByOne = `
  select count(*) as posted from (
    select * from demo_payments where day >= :from::date and day < :until::date order by day, channel_id, serial) part
  cross join lateral post_one_payment(part.channel_id, part.debit, part.tender, part.shift_id, part.day, part.staff_id,
    part.paid_at, 'old-debt-first', :season::smallint, part.account_id, part.fen, part.serial, part.paid_at, part.day,
    part.bill_id) posted`;

/** Below this many payments in a channel's day the routine for one payment is faster than the one for many. */
const SMALL_GROUP = 20;

const withdrawUnpaid = `
  select count(cancel_bill(id, '未缴费视为不用热', null, :on::date, :at::timestamptz, :staff::bigint)) as withdrawn
  from bills where season_id = :season and state = 'offered' and paid_fen = 0`;

const fallDue = `
  select to_account as "toAccount", finished
  from fall_due_chunk(:season::smallint, :on::date, :after::bigint, :size::integer, :on::date, :at::timestamptz,
    :staff::bigint)`;

const fallDueOn = async (sql: Sql, season: number, on: Day, staff: bigint): Promise<void> => {
  let after = 0n;
  let finished = false;
  while (!finished) {
    const at = `${on}T01:00:00+08:00`;
    const chunk: { toAccount: bigint; finished: boolean } = await sql.one(fallDue, {
      season,
      on,
      after,
      at,
      size: BILLS_PER_CHUNK,
      staff,
    });
    after = chunk.toAccount;
    ({ finished } = chunk);
  }
};

/** The shift's count equals what the ledger says; cash and the terminal's total go to the bank the same evening. */
const countShifts = `
  with taken as (
    select shift_id, coalesce(sum(amount_fen) filter (where tender = 'cash'), 0)::bigint as cash_fen,
      coalesce(sum(amount_fen) filter (where tender = 'card'), 0)::bigint as pos_fen
    from payments where shift_id is not null group by shift_id
  ), last as (
    select payment.shift_id, max(posting.id) as posting_id from payments payment
    join postings posting on posting.kind = 'payment' and posting.source_id = payment.id
    where payment.shift_id is not null group by payment.shift_id
  )
  update shifts set expected_cash_fen = cash_fen, counted_cash_fen = cash_fen, expected_pos_fen = pos_fen,
    pos_total_fen = pos_fen, last_posting_id = last.posting_id,
    deposit_slip_no = case when cash_fen > 0 then 'JK' || to_char(business_day, 'YYYYMMDD') || shifts.id end
  from taken join last on last.shift_id = taken.shift_id
  where taken.shift_id = shifts.id and shifts.expected_cash_fen is null`;

const depositShifts = `
  with deposited as (
    insert into postings (kind, source_id, accounting_date, value_date, actor_id, created_at)
    select 'shift-deposited', id, business_day, business_day, staff_id, closed_at from shifts
    where counted_cash_fen + pos_total_fen > 0
      and not exists (select 1 from postings where kind = 'shift-deposited' and source_id = shifts.id)
    order by id returning id, source_id, accounting_date
  )
  insert into transfers (posting_id, debit, credit, amount_fen, accounting_date)
  select deposited.id, 'bank', part.code, part.fen, deposited.accounting_date
  from deposited join shifts on shifts.id = deposited.source_id
  cross join lateral (values ('cash'::ledger_code, counted_cash_fen), ('pos_clearing', pos_total_fen)) part (code, fen)
  where part.fen > 0 order by deposited.id, part.code`;

/** The next day the bank credits what a channel took, less its fee. */
const settleChannels = `
  with taken as (
    select payment.channel_id, posting.accounting_date as day, sum(payment.amount_fen)::bigint as fen,
      count(*) as items
    from payments payment join postings posting on posting.kind = 'payment' and posting.source_id = payment.id
    where payment.shift_id is null and not payment.proved group by 1, 2
  ), credited as (
    insert into bank_credits (channel_id, bank_day, reference, gross_fen, fee_fen, value_date, recorded_at, recorded_by)
    select taken.channel_id, taken.day, to_char(taken.day, 'YYYYMMDD') || '-' || channel.code, taken.fen,
      taken.fen * channel.fee_basis_points / 10000 + taken.items * channel.fee_per_item_fen, taken.day + 1,
      (taken.day + 1 + time '09:00') at time zone 'Asia/Shanghai', :staff::bigint
    from taken join channels channel on channel.id = taken.channel_id order by taken.day, taken.channel_id
    returning id, channel_id, gross_fen, fee_fen, value_date, recorded_at
  ), posted as (
    insert into postings (kind, source_id, accounting_date, value_date, actor_id, created_at)
    select 'channel-settled', id, value_date, value_date, :staff::bigint, recorded_at from credited order by id
    returning id, source_id, accounting_date
  )
  insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, channel_id)
  select posted.id, part.code, 'channel_clearing', part.fen, posted.accounting_date, credited.channel_id
  from posted join credited on credited.id = posted.source_id
  cross join lateral (values ('bank'::ledger_code, gross_fen - fee_fen), ('bank_fee', fee_fen)) part (code, fen)
  where part.fen > 0 order by posted.id, part.code`;

const closeDays = [
  `insert into accounting_days (day, state, closed_at, closed_by)
   select accounting_date, 'closed', (accounting_date + 1 + time '09:00') at time zone 'Asia/Shanghai', :staff::bigint
   from (select distinct accounting_date from transfers) posted order by accounting_date`,
  `insert into daily_totals (day, code, debit_fen, credit_fen)
   select accounting_date, code, sum(debit_fen)::bigint, sum(credit_fen)::bigint from (
     select accounting_date, debit as code, amount_fen as debit_fen, 0::bigint as credit_fen from transfers
     union all
     select accounting_date, credit, 0, amount_fen from transfers) sides
   group by accounting_date, code order by accounting_date, code`,
] as const;

const paySeason = async (sql: Sql, season: number, from: string, until: string): Promise<void> => {
  const counted = await sql.one<{ payments: bigint; parts: bigint }>(
    `select count(*) as payments, count(distinct (channel_id, day, tender)) as parts from demo_payments`,
  );
  const text = counted.payments < counted.parts * BigInt(SMALL_GROUP) ? postOneByOne : postInGroups;
  await sql.rows(text, { season, from, until });
};

/** Silence settled (定态): what is not paid by then is not used; what is paid is heat that was used, and revenue. */
const settleSeason = async (context: CommandContext, season: number, staff: bigint): Promise<void> => {
  const { sql } = context;
  const on = day(`${season}-12-10`);
  await sql.rows(withdrawUnpaid, { season, on, at: `${on}T10:00:00+08:00`, staff });
  await setSeasonRule(context, {
    seasonId: season,
    heatClass: "residential",
    loopType: "independent",
    billingDays: 120,
    dueOn: on,
    document: `${season} 采暖季定态结果`,
    approvedBy: "财务复核",
  });
  await fallDueOn(sql, season, on, staff);
};

/** The routines plan by statistics, and no vacuum daemon sees into this transaction. */
const ANALYZE_MONEY = "analyze bills, postings, transfers, payments, allocations, household_balances";

export type HistoryStep = (season: number, step: "issued" | "paid" | "settled") => void;

/** Plays the past seasons in the order of their days. Expects the town, the habits, the tariffs and the staff to be there. */
export const playHistory = async (
  context: CommandContext,
  staff: bigint,
  told: HistoryStep,
): Promise<void> => {
  const { sql } = context;
  for (const season of PAST_SEASONS) {
    await issueSeason(sql, season, staff);
    told(season, "issued");
    await sql.run(openShifts, { season });
    await sql.run("drop table if exists demo_payments");
    await sql.run(planPayments.replaceAll("%season%", String(season)));
    await sql.run(ANALYZE_MONEY);
    await sql.run("analyze demo_payments");
    // A first few days, so that the plans of the rest know tables that are not empty.
    await paySeason(sql, season, `${season}-09-01`, `${season}-09-05`);
    await sql.run(ANALYZE_MONEY);
    await paySeason(sql, season, `${season}-09-05`, `${season}-11-15`);
    await fallDueOn(sql, season, day(`${season}-11-15`), staff);
    await paySeason(sql, season, `${season}-11-15`, `${season + 1}-06-30`);
    told(season, "paid");
    await sql.run(ANALYZE_MONEY);
    await sql.run(countShifts);
    await sql.run(depositShifts);
    await sql.run(settleChannels, { staff });
    await sql.run("update payments set proved = true where not proved");
    await settleSeason(context, season, staff);
    told(season, "settled");
  }
  for (const text of closeDays) await sql.run(text, { staff });
};
