/** Hands the events of a test's commands to subscribers, as the worker does, without a queue between. */
import { checkSubscribers, handleEvent, type Subscriber } from "#src/platform/outbox.ts";
import type { TestDatabase } from "./database.ts";

const MOST_ROUNDS = 200;

/** Handles everything that is announced, and what the handling announces; fails with the reasons when something cannot be handled. */
export const handleEvents = async (db: TestDatabase, subscribers: readonly Subscriber[]): Promise<void> => {
  const checked = checkSubscribers(subscribers);
  const said: string[] = [];
  const keep = (facts: object, text?: string): void => {
    said.push(`${text ?? ""} ${JSON.stringify(facts)}`);
  };
  const log = { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
  const dependencies = { database: db.database, commands: db.commands, subscribers: checked, log };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const open = await db.database.sql.rows<{ id: bigint }>(
      `select id from outbox_events where settled_at is null and type = any(:types::text[]) order by id`,
      { types: checked.heardTypes },
    );
    if (open.length === 0) return;
    for (const { id } of open) await handleEvent(dependencies, id, false);
    if (said.length > 0) throw new Error(`events were not handled: ${said.slice(0, 5).join("\n")}`);
  }
  throw new Error("events were not handled, and nothing says why");
};
