import type { Proof } from "#src/money/ledger/index.ts";

/** What must hold over bills: SQL that returns offenders. Read-only, safe at any time. */
export const billingProofs: readonly Proof[] = [
  {
    rule: "a bill is the sum of its lines",
    sql: `
      select 'bills:' || bill.id as row, bill.amount_fen::text as expected, coalesce(sum(line.amount_fen), 0)::text as found
      from bills bill left join bill_lines line on line.bill_id = bill.id
      group by bill.id, bill.amount_fen having bill.amount_fen <> coalesce(sum(line.amount_fen), 0)`,
  },
  {
    rule: "a heat line follows from its inputs",
    sql: `
      select 'bill_lines:' || line.id as row, coalesce(due.amount_fen::text, 'all inputs') as expected,
        line.amount_fen::text as found
      from bill_lines line cross join lateral (select round(line.billing_area_milli_m2::numeric * line.price_micro_yuan
        * line.days * line.share_basis_points * 0.00000000001)::bigint as amount_fen) due
      where line.kind = 'heat' and due.amount_fen is distinct from line.amount_fen`,
  },
  {
    // docs/postings.md rows 1 and 2
    rule: "a heat bill is posted once, whole, against the right accounts",
    sql: `
      select 'bills:' || bill.id as row,
        bill.amount_fen || ' of account ' || bill.account_id || ', season ' || bill.season_id as expected,
        coalesce(posted.found, 'no transfer') as found
      from bills bill
      left join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
      left join postings posting on posting.kind = 'bill-issued' and posting.source_id = bill.id
      left join lateral (
        select string_agg(transfer.debit || ' < ' || transfer.credit || ' ' || transfer.amount_fen, ', ') as found,
          count(*) = 1 and bool_and(transfer.amount_fen = bill.amount_fen and transfer.account_id = bill.account_id
            and transfer.season_id = bill.season_id and transfer.bill_id = bill.id
            and ((transfer.debit = 'offered' and transfer.credit = 'unearned_revenue')
              or (transfer.debit = 'receivable' and transfer.credit = case line.heat_class when 'residential'
                then 'revenue_residential' else 'revenue_non_residential' end::ledger_code))) as right
        from transfers transfer where transfer.posting_id = posting.id) posted on true
      where bill.kind = 'heat' and posted.right is distinct from true`,
  },
  {
    // docs/postings.md rows 3 and 4: an offer that became a debt earned its whole amount, and moved what was open
    rule: "an offer that fell due is posted as such",
    sql: `
      select 'bills:' || bill.id as row, case when wanted.fell then 'revenue of ' || bill.amount_fen else 'no posting' end
          as expected,
        coalesce(posted.earned_fen::text, 'no posting') as found
      from bills bill
      join postings issued on issued.kind = 'bill-issued' and issued.source_id = bill.id
      join transfers first on first.posting_id = issued.id
      left join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
      cross join lateral (select bill.state = 'due' and first.debit = 'offered' as fell) wanted
      left join postings fallen on fallen.kind = 'bill-fell-due' and fallen.source_id = bill.id
      left join lateral (
        select sum(amount_fen) filter (where debit = 'unearned_revenue' and credit = case line.heat_class
            when 'residential' then 'revenue_residential' else 'revenue_non_residential' end::ledger_code) as earned_fen,
          coalesce(sum(amount_fen) filter (where debit = 'receivable' and credit = 'offered'), 0) as moved_fen
        from transfers transfer where transfer.posting_id = fallen.id) posted on true
      where bill.kind = 'heat' and bill.state <> 'cancelled' and (
        (wanted.fell and (posted.earned_fen is distinct from bill.amount_fen or posted.moved_fen > bill.amount_fen))
        or (not wanted.fell and fallen.id is not null))`,
  },
  {
    // docs/postings.md row 5
    rule: "a cancelled bill is taken back, whole, and says why",
    sql: `
      select 'bills:' || bill.id as row, bill.amount_fen::text as expected, coalesce(taken.fen::text, 'no posting') as found
      from bills bill
      left join bill_cancellations cancellation on cancellation.bill_id = bill.id
      left join postings posting on posting.kind = 'bill-cancelled' and posting.source_id = bill.id
      left join lateral (select sum(amount_fen) as fen from transfers transfer
        where transfer.posting_id = posting.id and transfer.bill_id = bill.id
          and transfer.credit in ('offered', 'receivable')) taken on true
      where (bill.state = 'cancelled') <> (posting.id is not null)
        or (bill.state = 'cancelled' and (taken.fen is distinct from bill.amount_fen or cancellation.bill_id is null
          or bill.paid_fen <> 0))`,
  },
  {
    rule: "offered and receivable of a household equal its open bills",
    sql: `
      with open as (
        select account_id, case state when 'offered' then 'offered' else 'receivable' end::ledger_code as code,
          sum(amount_fen - paid_fen) as fen
        from bills where state <> 'cancelled' group by 1, 2
      ), held as (
        select account_id, code, balance_fen as fen from household_balances where code in ('offered', 'receivable')
      )
      select 'household_balances:' || coalesce(open.account_id, held.account_id) || '/' || coalesce(open.code, held.code)
          as row,
        coalesce(open.fen, 0)::text as expected, coalesce(held.fen, 0)::text as found
      from open full join held on held.account_id = open.account_id and held.code = open.code
      where coalesce(open.fen, 0) <> coalesce(held.fen, 0)`,
  },
  {
    rule: "what is paid on a bill equals its allocations",
    sql: `
      select 'bills:' || bill.id as row, coalesce(allocated.fen, 0)::text as expected, bill.paid_fen::text as found
      from bills bill
      left join (select bill_id, sum(amount_fen) as fen from allocations where bill_id is not null group by bill_id)
        allocated on allocated.bill_id = bill.id
      where bill.paid_fen <> coalesce(allocated.fen, 0)`,
  },
];
