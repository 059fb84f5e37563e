/** A bill run that is interrupted, and the same command again until every home has its one bill. */
import type { Tally } from "./fault-case.ts";
import type { Progress } from "./killed-import.ts";
import { ask, askOne, type Count } from "./outside.ts";
import { type Running, startNuan } from "./processes.ts";
import { BILL_FEN, type Clone, HOUSEHOLDS } from "./stage.ts";

const SEASON = 2026;

export const startBillRun = (clone: Clone, failpoint?: string): Running =>
  startNuan(clone, ["bills", "issue", "--season", String(SEASON)], { failpoint });

/** From the check of the run to its last chunk. */
export const billProgress =
  (url: string): Progress =>
  async () => {
    const [run] = await ask<{ done: number }>(
      url,
      `select issued_count::float8 / ${HOUSEHOLDS.unbilled} as done from bill_runs where state <> 'posted'`,
    );
    return run?.done ?? null;
  };

/**
 * Lost: a charge point without its bill of the planted amount, a bill without line, posting, transfer of its whole
 * amount, balance or announcement. Doubled: more than one of any of these, and a second run.
 */
const countBills = (url: string): Promise<Count> =>
  askOne<Count>(
    url,
    `
    with announced as (
      select (payload ->> 'fromAccount')::bigint as first, (payload ->> 'toAccount')::bigint as last
      from outbox_events where type = 'bills.issued'
    ), lines as (
      select bill_id, count(*) as n from bill_lines group by bill_id
    ), posted as (
      select source_id as bill_id, count(*) as n from postings where kind = 'bill-issued' group by source_id
    ), moved as (
      select bill_id, sum(amount_fen) as fen from transfers group by bill_id
    ), billed as (
      select b.charge_point_id, count(*) filter (where b.season_id = $1 and b.state <> 'cancelled' and b.amount_fen = $2)
          as bills, sum(lines.n) as lines, sum(posted.n) as postings, sum(moved.fen) as fen
      from bills b left join lines on lines.bill_id = b.id left join posted on posted.bill_id = b.id
      left join moved on moved.bill_id = b.id group by b.charge_point_id
    ), balances as (
      select account_id, sum(balance_fen) as fen from household_balances group by account_id
    ), facts as (
      select coalesce(b.bills, 0) as bills, coalesce(b.lines, 0) as lines, coalesce(b.postings, 0) as postings,
        coalesce(b.fen, 0) as transferred_fen, coalesce(h.fen, 0) as balance_fen,
        (select count(*) from announced a where cp.account_id between a.first and a.last) as announcements
      from charge_points cp left join billed b on b.charge_point_id = cp.id
      left join balances h on h.account_id = cp.account_id
    )
    select count(*) filter (where 0 in (bills, lines, postings, announcements) or transferred_fen < $2 or balance_fen < $2)
        ::int as lost,
      (count(*) filter (where greatest(bills, lines, postings, announcements) > 1 or transferred_fen > $2
        or balance_fen > $2) + (select greatest(0, count(*) - 1) from bill_runs))::int as doubled
    from facts`,
    [SEASON, String(BILL_FEN)],
  );

/** Gives the same command again and counts; then once more, which must issue nothing. */
export const finishBills = async (tally: Tally, clone: Clone, where: string): Promise<void> => {
  const again = startBillRun(clone);
  const { code, signal } = await again.ended;
  if (code !== 0) {
    tally.problem(`${where}: the same command again ended with ${code ?? signal}: ${again.tail()}`);
  }
  tally.counted(await countBills(clone.url));
  const { bills } = await askOne<{ bills: number }>(clone.url, "select count(*)::int as bills from bills");
  if (bills !== HOUSEHOLDS.unbilled) tally.problem(`${where}: ${bills} bills`);
};
