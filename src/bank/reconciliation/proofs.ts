/** What must hold between the banks and our books, as SQL that returns offenders. An empty list is the proof. */
import type { Proof } from "#src/money/ledger/index.ts";

export const bankProofs: readonly Proof[] = [
  {
    rule: "a channel's clearing account is its money that the bank has not credited yet",
    sql: `
      with ledger as (
        select channel_id, sum(fen)::bigint as fen from (
          select channel_id, amount_fen as fen from transfers where debit = 'channel_clearing'
          union all
          select channel_id, -amount_fen from transfers where credit = 'channel_clearing') sides group by channel_id),
      money as (
        select channel_id, sum(fen)::bigint as fen from (
          select channel_id, amount_fen as fen from payments
          where state <> 'reversed' and tender in ('transfer', 'wallet')
          union all
          select i.channel_id, i.amount_fen from suspense_items i
          join bank_lines l on l.id = i.bank_line_id join import_files f on f.id = l.file_id where f.kind = 'collection'
          union all
          select channel_id, -amount_fen from suspense_items where state = 'returned'
          union all
          select channel_id, -gross_fen from bank_credits) parts group by channel_id)
      select 'channels:' || c.id as row, coalesce(m.fen, 0)::text as expected, coalesce(l.fen, 0)::text as found
      from channels c left join ledger l on l.channel_id = c.id left join money m on m.channel_id = c.id
      where coalesce(m.fen, 0) <> coalesce(l.fen, 0)`,
  },
  {
    rule: "suspense in the ledger is the open suspense items",
    sql: `
      with ledger as (
        select coalesce(sum(case when credit = 'suspense' then amount_fen else -amount_fen end), 0)::bigint as fen
        from transfers where 'suspense' in (debit, credit)),
      items as (select coalesce(sum(amount_fen), 0)::bigint as fen from suspense_items where state = 'open')
      select 'ledger_accounts:suspense' as row, items.fen::text as expected, ledger.fen::text as found
      from ledger cross join items where items.fen <> ledger.fen`,
  },
  {
    rule: "a bank's credit is posted to the fen",
    sql: `
      with posted as (
        select g.source_id, sum(t.amount_fen)::bigint as fen
        from postings g join transfers t on t.posting_id = g.id where g.kind = 'channel-settled' group by g.source_id)
      select 'bank_credits:' || c.id as row, c.gross_fen::text as expected, coalesce(p.fen, 0)::text as found
      from bank_credits c left join posted p on p.source_id = c.id where coalesce(p.fen, 0) <> c.gross_fen`,
  },
  {
    rule: "every line of a posted file has one final row, and they sum to the file",
    sql: `
      select 'import_files:' || f.id as row, f.line_count || '/' || f.total_fen as expected,
        count(l.id) || '/' || coalesce(sum(case when l.kind in ('payment', 'credit') then l.amount_fen
          else -l.amount_fen end), 0) as found
      from import_files f left join bank_lines l on l.file_id = f.id
      where f.state = 'posted'
      group by f.id
      having count(l.id) <> f.line_count or count(distinct l.ordinal) <> f.line_count
        or coalesce(sum(case when l.kind in ('payment', 'credit') then l.amount_fen else -l.amount_fen end), 0)
          <> f.total_fen`,
  },
  {
    rule: "a line that was posted or proved names a payment of its channel, serial and amount",
    sql: `
      select 'bank_lines:' || l.id as row, 'payment ' || l.amount_fen as expected,
        coalesce('payment ' || p.amount_fen || ' ' || p.state, 'none') as found
      from bank_lines l join import_files f on f.id = l.file_id left join payments p on p.id = l.payment_id
      where f.kind = 'collection' and l.state in ('posted', 'proved')
        and (p.id is null or p.channel_id <> f.channel_id or p.amount_fen <> l.amount_fen
          or (l.kind = 'payment' and (p.serial <> l.serial or not p.proved))
          or (l.kind <> 'payment' and (p.serial <> coalesce(l.original_serial, l.serial)
            or live_payment(p.id) is not null)))`,
  },
  {
    rule: "money of nobody is what its line brought, or kept, and no payment of ours stands for",
    sql: `
      select 'suspense_items:' || i.id as row, l.kind || ' ' || l.amount_fen || ' ' || coalesce(l.match_rule, '') as expected,
        i.amount_fen || coalesce(' beside payment ' || p.id || ' ' || p.amount_fen || ' ' || p.state, '') as found
      from suspense_items i
      join bank_lines l on l.id = i.bank_line_id
      join import_files f on f.id = l.file_id
      left join postings held on held.kind = 'suspense-received' and held.source_id = l.id
      left join payments p on f.kind = 'collection' and p.channel_id = f.channel_id
        and p.serial = case when l.kind = 'payment' then l.serial else coalesce(l.original_serial, l.serial) end
      left join postings paid on paid.kind = 'payment' and paid.source_id = p.id
      where not coalesce(case
        when f.kind = 'statement' then l.kind = 'credit' and i.amount_fen <= l.amount_fen
        -- of another amount the difference; else the whole, unless a payment of ours stood for the same money by then
        when l.kind = 'payment' then
          (l.match_rule = 'amount-differs' and i.amount_fen = l.amount_fen - p.amount_fen)
          or (i.amount_fen = l.amount_fen
            and (p.id is null or p.proved or live_payment(p.id) is null or paid.id > held.id))
        -- taken back in part: what the bank kept
        else l.match_rule = 'amount-differs' and i.amount_fen = p.amount_fen - l.amount_fen
          and live_payment(p.id) is null end, false)`,
  },
  {
    rule: "what was posted afterwards is a payment line of a channel's file",
    sql: `
      select 'breaks:' || b.id as row, 'collection payment posted ' || coalesce(b.payment_id::text, '') as expected,
        f.kind || ' ' || l.kind || ' ' || l.state || ' ' || coalesce(l.payment_id::text, '') as found
      from breaks b join bank_lines l on l.id = b.bank_line_id join import_files f on f.id = l.file_id
      where b.resolution = 'back-posted' and (f.kind <> 'collection' or l.kind <> 'payment' or l.state <> 'posted'
        or l.payment_id is distinct from b.payment_id)`,
  },
  {
    rule: "nothing stays staged when its file is done",
    sql: `
      select 'bank_staging_lines:' || f.id as row, '0' as expected, count(*)::text as found
      from bank_staging_lines s join import_files f on f.id = s.file_id
      where f.state in ('posted', 'refused', 'aborted') group by f.id`,
  },
  {
    rule: "an open difference has an open task, a resolved one has none",
    sql: `
      select 'breaks:' || b.id as row, case b.state when 'open' then 'open task' else 'no open task' end as expected,
        coalesce(t.state, 'none') as found
      from breaks b left join tasks t on t.id = b.task_id
      where (b.state = 'open' and t.id is null) or (b.state = 'resolved' and t.state = 'open')`,
  },
  {
    rule: "statements of an account follow each other without a gap",
    sql: `
      select 'bank_statements:' || s.id as row, s.previous_fen::text as expected, s.opening_fen::text as found
      from (select id, opening_fen, lag(closing_fen) over (partition by bank_account_no order by ends_on, id)
          as previous_fen from bank_statements) s
      where s.previous_fen <> s.opening_fen`,
  },
  {
    rule: "a certificate is the text that was signed",
    sql: `
      select 'bank_certificates:' || bank_day_id as row, encode(sha256, 'hex') as expected,
        encode(digest(body, 'sha256'), 'hex') as found
      from bank_certificates where digest(body, 'sha256') <> sha256`,
  },
];
