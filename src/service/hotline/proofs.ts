/**
 * What must hold of calls whatever happens, as SQL that returns offenders; an empty list is the proof.
 * Abandoned numbers = reached + called again + given up (by whom, why) + open with a due time.
 */
import type { Sql } from "#src/platform/sql.ts";

export type HotlineOffender = { readonly rule: string; readonly row: string; readonly found: string };

const RULES: readonly { readonly rule: string; readonly sql: string }[] = [
  {
    rule: "every abandoned number has a call-back",
    sql: `select 'calls:' || c.id as row, 'no call-back' as found from calls c
      where c.outcome = 'abandoned' and c.direction = 'inbound' and c.number is not null and c.call_back_id is null`,
  },
  {
    rule: "a call-back is reached, called again, given up or open with a due time",
    sql: `select 'call_backs:' || b.id as row, b.state as found from call_backs b
      where exists (select 1 from calls c where c.call_back_id = b.id and c.outcome = 'abandoned')
        and not (b.state in ('reached', 'called-again') and b.closed_at is not null
          or b.state = 'given-up' and b.closed_by is not null and b.reason <> ''
          or b.state = 'open' and b.due_at is not null and b.owner_role <> '')`,
  },
  {
    rule: "a call and its call-back have one number",
    sql: `select 'calls:' || c.id as row, 'another number' as found from calls c
      join call_backs b on b.id = c.call_back_id where c.number is distinct from b.number`,
  },
  {
    rule: "only an abandoned call has a lost-call call-back",
    sql: `select 'calls:' || c.id as row, coalesce(c.outcome, 'live') as found from calls c
      join call_backs b on b.id = c.call_back_id
      where b.origin = 'lost' and c.outcome is distinct from 'abandoned'`,
  },
  {
    rule: "nobody waits for a call-back who was answered after the last lost call",
    sql: `select 'call_backs:' || b.id as row, 'answered by call ' || min(a.id) as found from call_backs b
      join calls a on a.number = b.number and a.outcome = 'answered' and a.direction = 'inbound'
      where b.state = 'open' and b.origin = 'lost' and a.answered_at > b.opened_at and a.answered_at >
        (select max(c.finished_at) from calls c where c.call_back_id = b.id)
      group by b.id`,
  },
];

/** At most 100 of each rule. */
export const checkHotline = async (sql: Sql): Promise<HotlineOffender[]> => {
  const offenders: HotlineOffender[] = [];
  for (const { rule, sql: text } of RULES) {
    const found = await sql.rows<{ row: string; found: string }>(`${text} limit 100`);
    offenders.push(...found.map((one) => ({ rule, ...one })));
  }
  return offenders;
};
