/** What must hold over what was moved in, as SQL that returns offenders. An empty list is the proof. */
import type { Proof } from "#src/money/ledger/index.ts";

export const cutoverProofs: readonly Proof[] = [
  {
    // docs/postings.md rows 19 to 21
    rule: "an opening row is posted once, whole, against the right accounts",
    sql: `
      select 'opening_rows:' || row.id as row,
        concat_ws(' ', row.kind, row.amount_fen, row.account_id, row.season_id) as expected,
        coalesce(posted.found, 'no transfer') as found
      from opening_rows row
      left join (
        select posting.source_id, count(*) as transfers, min(transfer.amount_fen) as fen,
          min(transfer.debit) as debit, min(transfer.credit) as credit, min(transfer.account_id) as account_id,
          min(transfer.season_id) as season_id,
          string_agg(concat_ws(' ', transfer.debit, transfer.credit, transfer.amount_fen, transfer.account_id,
            transfer.season_id), ', ') as found
        from postings posting join transfers transfer on transfer.posting_id = posting.id
        where posting.kind = 'opening' group by posting.source_id) posted on posted.source_id = row.id
      where posted.transfers is distinct from 1 or posted.fen <> row.amount_fen
        or posted.account_id is distinct from row.account_id or posted.season_id is distinct from row.season_id
        or concat(posted.debit, '/', posted.credit) <> case row.kind when 'debt' then 'receivable/opening_balance'
          when 'prepaid' then 'opening_balance/prepaid' else 'opening_balance/suspense' end`,
  },
  {
    rule: "an opening posting comes from an opening row",
    sql: `
      select 'postings:' || posting.id as row, 'opening_rows:' || posting.source_id as expected, 'none' as found
      from postings posting
      where posting.kind = 'opening' and not exists (select 1 from opening_rows row where row.id = posting.source_id)`,
  },
  {
    rule: "an opening bill is the debt that it was loaded from",
    sql: `
      select 'bills:' || bill.id as row, coalesce(concat_ws(' ', row.amount_fen, row.account_id, row.season_id), 'no row')
          as expected,
        concat_ws(' ', bill.amount_fen, bill.account_id, bill.season_id) as found
      from bills bill
      left join (
        select transfer.bill_id, row.* from postings posting
        join transfers transfer on transfer.posting_id = posting.id
        join opening_rows row on row.id = posting.source_id
        where posting.kind = 'opening' and transfer.bill_id is not null) row on row.bill_id = bill.id
      where bill.kind = 'opening' and (row.amount_fen, row.account_id, row.season_id)
        is distinct from (bill.amount_fen, bill.account_id, bill.season_id)`,
  },
  {
    rule: "an opening item of suspense is the row that it was loaded from",
    sql: `
      select 'opening_rows:' || row.id as row, row.amount_fen::text as expected,
        coalesce(item.amount_fen::text, 'no item') as found
      from opening_rows row left join suspense_items item on item.opening_row_id = row.id
      where row.kind = 'suspense' and item.amount_fen is distinct from row.amount_fen`,
  },
  {
    rule: "an opening equals the trial balance that it was loaded with",
    sql: `
      with posted as (
        select row.import_id,
          coalesce(sum(transfer.amount_fen) filter (where transfer.debit = 'receivable'), 0)::bigint as receivable_fen,
          coalesce(sum(transfer.amount_fen) filter (where transfer.credit = 'prepaid'), 0)::bigint as prepaid_fen,
          coalesce(sum(transfer.amount_fen) filter (where transfer.credit = 'suspense'), 0)::bigint as suspense_fen
        from opening_rows row
        join postings posting on posting.kind = 'opening' and posting.source_id = row.id
        join transfers transfer on transfer.posting_id = posting.id
        group by row.import_id)
      select 'opening_imports:' || opening.id || '/' || sides.name as row, sides.wanted::text as expected,
        sides.got::text as found
      from opening_imports opening
      left join posted on posted.import_id = opening.id
      cross join lateral (values
        ('receivable', (opening.trial_balance ->> 'receivableFen')::bigint, coalesce(posted.receivable_fen, 0)),
        ('prepaid', (opening.trial_balance ->> 'prepaidFen')::bigint, coalesce(posted.prepaid_fen, 0)),
        ('suspense', (opening.trial_balance ->> 'suspenseFen')::bigint, coalesce(posted.suspense_fen, 0))
      ) sides (name, wanted, got)
      where sides.wanted is distinct from sides.got`,
  },
];
