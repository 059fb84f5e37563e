/** Whether the whole database still adds up: the program's own proof, run as an operator runs it, in a process of its own. */
import { ask } from "./outside.ts";
import { type Place, startNuan } from "./processes.ts";

const orphans = `
  select 'idempotency key without answer: ' || count(*) as wrong from idempotency_keys where response is null
  having count(*) > 0
  union all
  select 'buried events: ' || count(*) from dead_letters having count(*) > 0
  union all
  select 'sessions in a transaction that nobody ends: ' || count(*) from pg_stat_activity
  where datname = current_database() and state like 'idle in transaction%' having count(*) > 0`;

/** What is wrong, in words; empty when all is well. */
export const incoherences = async (place: Place): Promise<string[]> => {
  const wrong = (await ask<{ wrong: string }>(place.url, orphans)).map((row) => row.wrong);
  const check = startNuan(place, ["ledger", "check"]);
  const { code, signal } = await check.ended;
  const report = code === 0 ? (JSON.parse(check.output()) as { ok?: unknown }) : null;
  if (report?.ok !== true) wrong.push(`nuan ledger check ended with ${code ?? signal}: ${check.tail()}`);
  return wrong;
};
