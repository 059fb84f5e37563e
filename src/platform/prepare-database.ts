/** Everything that a database needs before this version runs on it: our schema, and the queues' when they live there. */
import { migrateDatabase, type MigrationReport } from "./migrate.ts";
import { migrateQueues } from "./queue-schema.ts";

/**
 * Migrates our tables, then the queue's own schema, which is kept ready also where Redis serves the queues. Repeating is
 * safe, two at once take turns. Refuses what `migrateDatabase` refuses.
 */
export const prepareDatabase = async (
  ownerUrl: string,
  options: { readonly appPassword?: string } = {},
): Promise<MigrationReport> => {
  const report = await migrateDatabase(ownerUrl, options);
  await migrateQueues(ownerUrl);
  return report;
};
