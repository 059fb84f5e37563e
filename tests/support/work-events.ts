/** What a worker does with everything that is announced, in the order of the outbox; fails at whatever a subscriber failed. */
import { checkSubscribers, handleEvent, type Subscriber } from "#src/platform/outbox.ts";
import type { TestDatabase } from "./database.ts";
import { quietLog } from "./quiet-log.ts";

export const workEvents = async (db: TestDatabase, subscribers: readonly Subscriber[]): Promise<void> => {
  const { database, commands } = db;
  const checked = checkSubscribers(subscribers);
  const open = await database.sql.rows<{ id: bigint }>(
    "select id from outbox_events where settled_at is null and type = any(:types::text[]) order by id",
    { types: checked.heardTypes },
  );
  for (const { id } of open)
    await handleEvent({ database, commands, subscribers: checked, log: quietLog }, id);
  const failed = await database.sql.rows<{ text: string }>(
    "select reason as text from dead_letters union all select last_error from event_tries where last_error <> '' order by 1",
  );
  if (failed.length > 0) throw new Error(failed.map((row) => row.text).join("\n"));
};
