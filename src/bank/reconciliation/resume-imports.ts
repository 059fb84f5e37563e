/** What a killed process left of an import is finished by the timetable, without the file. */
import { must } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { tryEach } from "#src/platform/try-each.ts";
import { withIdleFile } from "./file-lock.ts";
import { channelByCode, findImport, findImportKey, unfinishedImports } from "./import-queries.ts";
import { postImport } from "./post-file.ts";
import { reconcileTouchedDays } from "./reconcile-day.ts";

/**
 * Finishes the posting and the reconciling of files that a killed process left in the middle. For the timetable and for a start; a file that
 * somebody posts just now is passed over. Repeating is safe.
 * @returns how many were finished
 * @throws AggregateError the imports that could not be finished, when all were tried
 */
export const resumeBankImports = async (platform: Platform, actor: Actor): Promise<number> => {
  const { database } = platform;
  let finished = 0;
  const nameOf = ({ id }: { readonly id: bigint }): string => `bank import ${id}`;
  await tryEach(await unfinishedImports(database.sql), nameOf, async ({ id }) => {
    const left = must(await findImportKey(database.sql, id), "an unfinished import");
    const channel = await channelByCode(database.sql, left.channel);
    if (channel === null) return;
    finished += await withIdleFile(database, left.channelId, left.sha256, async () => {
      const file = must(await findImport(database.sql, id), "an unfinished import");
      if (file.reconciledAt !== null || !["checked", "posting", "posted"].includes(file.state)) return 0;
      if (file.state !== "posted") await postImport(platform, actor, file, channel, {});
      await reconcileTouchedDays(platform, actor, channel.code, file.id, file.bankDay);
      return 1;
    });
  });
  return finished;
};
