/**
 * What every payment needs and nobody changes by the minute: channels, seasons and the company's allocation policy, kept
 * for two seconds per database, so that a payment does not pay for reading them. An unknown channel is looked up anew.
 */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Database } from "#src/platform/database.ts";
import { type Channel, listChannels, seasonStarts, settingValue } from "./queries.ts";

/** Where undesignated money goes first (冲抵顺序); a row of `settings`, key `collection.policy`. */
export type CollectionPolicy = "old-debt-first" | "this-season-first" | "oldest-first";

type Reference = {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly seasons: readonly { id: number; billsOpenOn: Day }[];
  readonly policy: CollectionPolicy;
};

const KEEP_MS = 2000;
const kept = new WeakMap<Database, { readonly until: number; readonly value: Promise<Reference> }>();

const isPolicy = (value: unknown): value is CollectionPolicy =>
  value === "old-debt-first" || value === "this-season-first" || value === "oldest-first";

const load = async (database: Database): Promise<Reference> => {
  const [channels, seasons, policy] = await Promise.all([
    listChannels(database.sql),
    seasonStarts(database.sql),
    settingValue(database.sql, "collection.policy"),
  ]);
  return {
    channels: new Map(channels.map((channel) => [channel.code, channel])),
    seasons,
    policy: isPolicy(policy) ? policy : "old-debt-first",
  };
};

const reference = (database: Database, anew: boolean): Promise<Reference> => {
  const known = kept.get(database);
  if (!anew && known !== undefined && known.until > monotonicMs()) return known.value;
  const value = load(database);
  kept.set(database, { until: monotonicMs() + KEEP_MS, value });
  value.catch(() => kept.delete(database));
  return value;
};

/** @throws DomainError `channel.unknown`, `channel.inactive` */
export const channelOfCode = async (database: Database, code: string): Promise<Channel> => {
  const channel =
    (await reference(database, false)).channels.get(code) ??
    (await reference(database, true)).channels.get(code);
  if (channel === undefined) {
    fail("channel.unknown", `there is no channel "${code}"`, {
      field: "channel",
      remedy: "see GET /channels",
    });
  }
  if (!channel.active) {
    fail("channel.inactive", `channel "${code}" is closed`, {
      field: "channel",
      remedy: "see GET /channels",
    });
  }
  return channel;
};

export const collectionPolicy = async (database: Database): Promise<CollectionPolicy> =>
  (await reference(database, false)).policy;

/** The season whose bills are open on `day`: the latest that opened. 0 before the first. */
export const openSeason = async (database: Database, day: Day): Promise<number> =>
  (await reference(database, false)).seasons.reduce(
    (latest, season) => (season.billsOpenOn <= day ? Math.max(latest, season.id) : latest),
    0,
  );
