import type { Proof } from "#src/money/ledger/index.ts";

/** What must hold on the ladder: SQL that returns offenders. Read-only, safe at any time. */
export const reminderProofs: readonly Proof[] = [
  {
    rule: "an account stands on the highest stage that it came to",
    sql: `
      select 'dunning_standings:' || coalesce(standing.account_id, entry.account_id) || '/'
          || coalesce(standing.season_id, entry.season_id) as row,
        coalesce(entry.rank::text, 'no entry') as expected, coalesce(standing.rank::text, 'no standing') as found
      from dunning_standings standing
      full join (select account_id, season_id, max(rank) as rank from dunning_entries group by 1, 2) entry
        on entry.account_id = standing.account_id and entry.season_id = standing.season_id
      where standing.rank is distinct from entry.rank`,
  },
  {
    rule: "stages are entered upwards in the order of days",
    sql: `
      select 'dunning_entries:' || account_id || '/' || season_id || '/' || rank as row, 'after ' || before as expected,
        entered_on::text as found
      from (select account_id, season_id, rank, entered_on,
          lag(entered_on) over (partition by account_id, season_id order by rank) as before
        from dunning_entries) entry
      where before > entered_on`,
  },
  {
    rule: "a finished pass counts what came to its stage by it",
    sql: `
      select 'dunning_runs:' || run.id as row, run.entered_count || ', ' || run.entered_fen || ' fen' as expected,
        count(entry.account_id) || ', ' || coalesce(sum(entry.open_fen), 0) || ' fen' as found
      from dunning_runs run left join dunning_entries entry on entry.run_id = run.id
      where run.state = 'done'
      group by run.id
      having count(entry.account_id) <> run.entered_count or coalesce(sum(entry.open_fen), 0) <> run.entered_fen`,
  },
  {
    rule: "a letter of demand is the sum of its bills",
    sql: `
      select 'demand_letters:' || letter.id as row, letter.total_fen::text as expected,
        coalesce(sum(bill.amount_fen - bill.paid_fen), 0)::text as found
      from demand_letters letter left join demand_letter_bills bill on bill.letter_id = letter.id
      group by letter.id having coalesce(sum(bill.amount_fen - bill.paid_fen), 0) <> letter.total_fen`,
  },
  {
    rule: "whoever is on a closing list was told by a message that was delivered, or by somebody",
    sql: `
      select 'closing_list_rows:' || row.list_id || '/' || row.account_id as row, 'told' as expected,
        row.told_by || ' ' || coalesce(message.state, task.result, 'gone') as found
      from closing_list_rows row
      left join messages message on message.id = case when row.told_by like 'message:%' then substr(row.told_by, 9)::bigint end
      left join tasks task on task.id = case when row.told_by like 'task:%' then substr(row.told_by, 6)::bigint end
      where row.told_by <> '' and coalesce(message.state, task.result, 'told') not in ('delivered', 'told')`,
  },
];
