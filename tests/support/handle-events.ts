/** Hands the events of a test's commands to subscribers, as the worker does, without a queue between. */
import {
  checkSubscribers,
  handleEvent,
  handleEvents as handleTogether,
  type Subscriber,
} from "#src/platform/outbox.ts";
import type { TestDatabase } from "./database.ts";

const MOST_ROUNDS = 200;

/**
 * Handles everything that is announced, and what the handling announces; fails with the reasons when something cannot be handled.
 * `together`: all of a type in one job, where somebody takes several.
 */
export const handleEvents = async (
  db: Pick<TestDatabase, "database" | "commands">,
  subscribers: readonly Subscriber[],
  together = false,
): Promise<void> => {
  const checked = checkSubscribers(subscribers);
  const said: string[] = [];
  const keep = (facts: object, text?: string): void => {
    said.push(`${text ?? ""} ${JSON.stringify(facts)}`);
  };
  const log = { debug: () => undefined, info: keep, warn: keep, error: keep };
  const dependencies = { database: db.database, commands: db.commands, subscribers: checked, log };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const open = await db.database.sql.rows<{ id: bigint; type: string }>(
      `select id, type from outbox_events where settled_at is null and type = any(:types::text[]) order by id`,
      { types: checked.heardTypes },
    );
    if (open.length === 0) return;
    for (const type of together ? checked.batchedTypes : []) {
      const eventIds = open.filter((event) => event.type === type).map((event) => event.id);
      if (eventIds.length > 0) await handleTogether(dependencies, { type, eventIds });
    }
    for (const { id } of open) await handleEvent(dependencies, id, false);
    if (said.length > 0) throw new Error(`events were not handled: ${said.slice(0, 5).join("\n")}`);
  }
  throw new Error("events were not handled, and nothing says why");
};
