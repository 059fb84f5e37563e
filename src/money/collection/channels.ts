/** Making and changing channels (收费渠道). */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import { ROLES } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type ChannelDetails,
  channelHasPayments,
  type ChannelTerms,
  insertChannel,
  isAtWork,
  lockChannel,
  updateChannel,
} from "./channel-queries.ts";

export const CHANNEL_KINDS = ["counter", "bank", "wallet", "agent"] as const;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 07:30");
const isPattern = (text: string): boolean => {
  try {
    return RegExp(text, "u").source !== "";
  } catch {
    // Whatever the engine dislikes about it, it is no pattern.
    return false;
  }
};

/** What English pages show has to be read without Chinese. */
const englishNameIn = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^\P{Script=Han}*$/u, "a name without Chinese characters");

export const channelCodeIn = z
  .string()
  .regex(/^[a-z0-9-]{2,30}$/, "2 to 30 small letters, digits and hyphens");

/** What can be said about a channel; what is left out stays as it is, or as the standard for a new one. */
export const channelIn = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  /** As English pages say it; they say the code while nobody has given one. */
  nameEn: englishNameIn.nullable().optional(),
  kind: z.enum(CHANNEL_KINDS).optional(),
  realTime: z.boolean().optional(),
  profile: z.string().trim().min(1).max(300).nullable().optional(),
  bankAccountNo: z
    .string()
    .trim()
    .regex(/^[0-9A-Za-z-]{5,40}$/, "an account number")
    .nullable()
    .optional(),
  dayCutAt: timeOfDay.optional(),
  dayCutToleranceMinutes: z.int().min(0).max(1440).optional(),
  fileDueAt: timeOfDay.nullable().optional(),
  taskOwnerRole: z.enum(ROLES).exclude(["bank-channel"]).optional(),
  /** Login of a person; null leaves it to the role. */
  taskOwner: z.string().trim().min(1).max(80).nullable().optional(),
  settlementPattern: z
    .string()
    .max(200)
    .refine(isPattern, {
      error: "a regular expression; a group named day names the bank's day",
      params: { rule: "settlement-pattern" },
    })
    .nullable()
    .optional(),
  settlementDelayDays: z.int().min(0).max(15).optional(),
  feePerItemFen: z
    .int()
    .min(0)
    .max(100_000)
    .transform((value) => fen(value))
    .optional(),
  feeBasisPoints: z.int().min(0).max(1000).optional(),
  active: z.boolean().optional(),
});
export type ChannelChange = z.output<typeof channelIn>;

const STANDARD = {
  nameEn: null,
  profile: null,
  bankAccountNo: null,
  dayCutAt: "00:00",
  dayCutToleranceMinutes: 120,
  fileDueAt: null,
  taskOwnerRole: "finance",
  taskOwner: null,
  settlementPattern: null,
  settlementDelayDays: 1,
  feePerItemFen: fen(0n),
  feeBasisPoints: 0,
  active: true,
} as const satisfies Partial<ChannelTerms>;

const given = (change: ChannelChange): Partial<ChannelTerms> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

const newTerms = (code: string, change: ChannelChange): ChannelTerms => {
  const { name, kind, realTime } = change;
  if (name === undefined || kind === undefined || realTime === undefined) {
    return fail("channel.incomplete", `"${code}" is a new channel: it needs a name, a kind and realTime`, {
      field: name === undefined ? "name" : kind === undefined ? "kind" : "realTime",
    });
  }
  return { ...STANDARD, ...given(change), name, kind, realTime };
};

const termsOf = ({ id: _id, code: _code, ...terms }: ChannelDetails): ChannelTerms => terms;

const refuseWithPayments = async (sql: Sql, known: ChannelDetails, after: ChannelTerms): Promise<void> => {
  if (!(await channelHasPayments(sql, known.id))) return;
  const remedy = "close it (active: false) and make a new channel";
  if (after.kind !== known.kind) {
    fail("channel.kind-in-use", `"${known.code}" has payments that were taken as ${known.kind}`, {
      field: "kind",
      remedy,
    });
  }
  fail(
    "channel.real-time-in-use",
    `"${known.code}" has payments that came ${known.realTime ? "by message" : "by file"}`,
    { field: "realTime", remedy },
  );
};

const needOwnerAtWork = async (sql: Sql, change: ChannelChange): Promise<void> => {
  const login = change.taskOwner ?? null;
  if (login === null || (await isAtWork(sql, login))) return;
  fail("channel.owner-unknown", `nobody with the login "${login}" works here`, {
    field: "taskOwner",
    remedy: "give the login of a person whose login is not disabled, or leave it to the role",
  });
};

/**
 * Makes the channel `code`, or changes what is given of it; audited with before and after. Locks the channel until
 * payments on their way in are through. The kind, and whether payments come by message or by file, decide how every
 * payment was posted and proven, so they stand once there is one. Repeating changes nothing and leaves no second audit
 * row. Running processes follow within two seconds. That the profile can be read is checked by the caller, which knows
 * the profiles.
 * @throws DomainError `channel.incomplete`, `channel.already-exists`, `channel.kind-in-use`, `channel.real-time-in-use`,
 * `channel.owner-unknown`
 */
export const setChannel = async (
  context: CommandContext,
  code: string,
  change: ChannelChange,
): Promise<ChannelTerms> => {
  const { sql } = context;
  const subject = `channel:${code}`;
  const known = await lockChannel(sql, code);
  await needOwnerAtWork(sql, change);
  if (known === null) {
    const terms = newTerms(code, change);
    if ((await insertChannel(sql, code, terms)) === 0) {
      fail("channel.already-exists", `somebody made "${code}" at the same moment`, {
        remedy: "look at it, and send the change again",
      });
    }
    context.audit({ subject, details: { before: null, after: terms } });
    return terms;
  }
  const before = termsOf(known);
  const after: ChannelTerms = { ...before, ...given(change) };
  if (after.kind !== before.kind || after.realTime !== before.realTime) {
    await refuseWithPayments(sql, known, after);
  }
  if (canonicalJson(before) === canonicalJson(after)) return before;
  await updateChannel(sql, code, after);
  context.audit({ subject, details: { before, after } });
  return after;
};
