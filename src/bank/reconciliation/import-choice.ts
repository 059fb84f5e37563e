/** Which channel a file is of, and by which profile it is read. */
import { type BankProfile, loadProfile } from "#src/bank/channels/index.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { channelByCode, type ImportChannel } from "./import-queries.ts";

export const channelToImport = async (sql: Sql, code: string): Promise<ImportChannel> => {
  const channel = await channelByCode(sql, code);
  if (channel === null) {
    fail("channel.unknown", `there is no channel "${code}"`, {
      field: "channel",
      remedy: "see GET /channels",
    });
  }
  if (!channel.active) fail("channel.inactive", `channel "${code}" is closed`, { field: "channel" });
  return channel;
};

export const profileToUse = async (
  channel: ImportChannel,
  named: string | undefined,
): Promise<BankProfile> => {
  const name = named ?? channel.profile;
  if (name === null) {
    fail("channel.no-profile", `channel "${channel.code}" has no profile to read files with`, {
      field: "profile",
      remedy: "set the channel's profile, or name one with this file",
    });
  }
  const profile = await loadProfile(name);
  if (profile.format === "delimited" && profile.currency !== "CNY") {
    fail("file.currency", `the books are in CNY, this profile is in ${profile.currency}`, {
      field: "profile",
    });
  }
  return profile;
};
