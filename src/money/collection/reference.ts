/**
 * What every payment needs and nobody changes by the minute: channels, seasons and the company's allocation policy, kept
 * for two seconds per database, so that a payment does not pay for reading them. An unknown channel is looked up anew.
 */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { monotonicMs } from "#src/platform/clock.ts";
import type { Database } from "#src/platform/database.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Channel, listChannels, seasonStarts } from "./queries.ts";

const COLLECTION_POLICIES = ["old-debt-first", "this-season-first", "oldest-first"] as const;
/** Where undesignated money goes first (冲抵顺序). */
export type CollectionPolicy = (typeof COLLECTION_POLICIES)[number];

const collectionPolicySetting = declareSetting<CollectionPolicy>({
  key: "collection.policy",
  schema: z.enum(COLLECTION_POLICIES),
  standard: "old-debt-first",
  title: word("冲抵顺序", "Where money goes first"),
  fields: {
    "": field("未指定账单的缴费", "Money that names no bill", {
      choices: {
        "old-debt-first": word("先旧欠，后本季", "Old debt, then this season"),
        "this-season-first": word("先本季，后旧欠", "This season, then old debt"),
        "oldest-first": word("按应收日期先后", "By due date, the oldest first"),
      },
    }),
  },
  meaning: {
    "zh-CN":
      "未指定账单的缴费先冲抵哪笔账：old-debt-first 先旧欠后本季，this-season-first 先本季后旧欠，oldest-first 不分季别按应收日期先后",
    en: "where money that names no bill goes first: old-debt-first, this-season-first or oldest-first",
  },
});

type Reference = {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly seasons: readonly { id: number; billsOpenOn: Day }[];
  readonly policy: CollectionPolicy;
};

const KEEP_MS = 2000;
const kept = new WeakMap<Database, { readonly until: number; readonly value: Promise<Reference> }>();

const load = async (database: Database): Promise<Reference> => {
  const [channels, seasons, policy] = await Promise.all([
    listChannels(database.sql),
    seasonStarts(database.sql),
    readSetting(database.sql, collectionPolicySetting),
  ]);
  return {
    channels: new Map(channels.map((channel) => [channel.code, channel])),
    seasons,
    policy,
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

/** Read within a transaction, for work that is not hot. */
export const collectionPolicyIn = (sql: Sql): Promise<CollectionPolicy> =>
  readSetting(sql, collectionPolicySetting);

export const openSeasonIn = async (sql: Sql, day: Day): Promise<number> =>
  latestOpen(await seasonStarts(sql), day);

export const collectionPolicy = async (database: Database): Promise<CollectionPolicy> =>
  (await reference(database, false)).policy;

const latestOpen = (seasons: readonly { id: number; billsOpenOn: Day }[], day: Day): number =>
  seasons.reduce((latest, season) => (season.billsOpenOn <= day ? Math.max(latest, season.id) : latest), 0);

/** The season whose bills are open on `day`: the latest that opened. 0 before the first. */
export const openSeason = async (database: Database, day: Day): Promise<number> =>
  latestOpen((await reference(database, false)).seasons, day);

/** The one counter channel, or the one that is named. @throws DomainError `channel.unknown`, `channel.not-a-counter` */
export const counterChannel = async (database: Database, code: string | undefined): Promise<Channel> => {
  if (code !== undefined) {
    const named = await channelOfCode(database, code);
    if (named.kind !== "counter") {
      fail("channel.not-a-counter", "a till takes money through a counter channel", {
        field: "channel",
        remedy: "leave channel out, or name a counter channel (GET /channels)",
      });
    }
    return named;
  }
  const { channels } = await reference(database, true);
  const counters = [...channels.values()].filter((channel) => channel.kind === "counter" && channel.active);
  const [only] = counters;
  if (only === undefined || counters.length > 1) {
    fail("channel.unknown", `there are ${counters.length} counter channels`, {
      field: "channel",
      remedy: "name one (GET /channels)",
    });
  }
  return only;
};
