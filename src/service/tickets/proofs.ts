/** What must hold over all cases, as SQL that returns offenders. An empty list is the proof. */
import type { Proof } from "#src/money/ledger/index.ts";

export const ticketProofs: readonly Proof[] = [
  {
    rule: "every change of a case is a line of its timeline",
    sql: `
      select 'tickets:' || t.id as row, t.version::text as expected, count(e.id)::text as found
      from tickets t left join ticket_entries e on e.ticket_id = t.id and e.version is not null
      group by t.id having count(e.id) <> t.version or coalesce(max(e.version), 0) <> t.version`,
  },
  {
    rule: "a case is merged as long as its merge stands",
    sql: `
      select 'tickets:' || t.id as row, coalesce(t.merged_into_id::text, 'no merge') as expected,
        coalesce(m.into_ticket_id::text, 'no merge') as found
      from tickets t left join ticket_merges m on m.ticket_id = t.id and m.unmerged_at is null
      where t.merged_into_id is distinct from m.into_ticket_id`,
  },
  {
    rule: "what is closed as solved rests on something of its last round",
    sql: `
      select 'tickets:' || t.id as row, 'evidence' as expected, 'none' as found
      from tickets t where t.closing_class = 'solved' and not exists (select from ticket_entries e
        where e.ticket_id = t.id and e.evidence is not null and e.entered_at >= coalesce(t.reopened_at, t.opened_at))`,
  },
  {
    rule: "no clock of a case runs when the case is over",
    sql: `
      select 'ticket_clocks:' || c.id as row, t.state as expected, c.state as found
      from ticket_clocks c join tickets t on t.id = c.ticket_id
      where t.state in ('closed', 'cancelled', 'merged') and c.kind in ('first-response', 'on-site', 'solution')
        and c.state in ('running', 'paused')`,
  },
  {
    rule: "nobody is to be asked about a case that is open",
    sql: `
      select 'return_visits:' || r.id as row, 'closed' as expected, t.state as found
      from return_visits r join tickets t on t.id = r.ticket_id where r.state = 'open' and t.state <> 'closed'`,
  },
];
