/**
 * How often somebody may try to prove that a home is his, and look for another's.
 *
 * What guessing a code comes to, with what holds while nobody has set it. A home gets C = 10 codes a day from strangers, and
 * as many for each browser that proved it before. Of its wrong codes W = 10 a day are looked at freely (five of one code at most); from then
 * on a code has one try. So strangers have W + C = 20 guesses a day at a code of six digits, 20 of 1,000,000 (30 where they hold a browser
 * that proved the home, of somebody who still lives there). Used up on each of the 121 days of a season: 0.24%, while the telephone on file
 * shows ten codes a day that nobody asked for. The hotline begins the counts anew three times a day at most: 80 of 1,000,000 on such a day.
 * With the most that can be set (C = 30) it is 40 of 1,000,000 a day.
 * Over all homes: behind one network address 300 codes an hour are asked for and have their first try, and 100 further wrong proofs are
 * looked at: 9,600 of 1,000,000 a day at whichever homes they are, for 7,200 messages that somebody sees coming.
 * A right code is looked at, at its first try, whatever others did wrong at the home or behind the address: nobody who has the telephone and
 * a code is locked out. What runs out is asking for new codes, by source first (`waits.ts`).
 */
import { z } from "zod";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting } from "#src/platform/settings.ts";

const bound = z.int().min(1).max(10_000);
/** What the arithmetic above rests on. */
const boundOfHome = z.int().min(2).max(30);

export const householdPolicy = declareSetting({
  key: "household.sign-in",
  schema: z.strictObject({
    codesPerAccountAndHour: boundOfHome,
    codesPerAccountAndDay: boundOfHome,
    codesPerAddressAndHour: bound,
    wrongProofsPerAccountAndDay: boundOfHome,
    wrongProofsPerAddressAndHour: bound,
    /** Of one telephone or home, in all its sessions. */
    lookUpsPerSessionAndDay: bound,
    lookUpsPerAddressAndDay: bound,
  }),
  standard: {
    codesPerAccountAndHour: 5,
    codesPerAccountAndDay: 10,
    // A carrier puts thousands of telephones behind one address.
    codesPerAddressAndHour: 300,
    wrongProofsPerAccountAndDay: 10,
    wrongProofsPerAddressAndHour: 100,
    lookUpsPerSessionAndDay: 20,
    lookUpsPerAddressAndDay: 200,
  },
  title: word("用户自助页登录", "Sign-in of households"),
  fields: {
    codesPerAccountAndHour: field("每个户号每小时验证码", "Codes per account and hour", { unit: "times" }),
    codesPerAccountAndDay: field("每个户号每天验证码", "Codes per account and day", { unit: "times" }),
    codesPerAddressAndHour: field("每个网络地址每小时验证码", "Codes per network address and hour", {
      unit: "times",
    }),
    wrongProofsPerAccountAndDay: field(
      "每个户号每天卡号、收据号错误",
      "Wrong cards and receipts per account and day",
      {
        unit: "times",
      },
    ),
    wrongProofsPerAddressAndHour: field(
      "每个网络地址每小时验证错误",
      "Wrong proofs per network address and hour",
      { unit: "times" },
    ),
    lookUpsPerSessionAndDay: field("每次登录每天代缴查询", "Look-ups of other homes per session and day", {
      unit: "times",
    }),
    lookUpsPerAddressAndDay: field("每个网络地址每天代缴查询", "Look-ups per network address and day", {
      unit: "times",
    }),
  },
  meaning: {
    "zh-CN": "用户自助页：每个户号、每个网络地址允许的验证码次数和验证错误次数，代缴查询次数（默认值）",
    en: "Household's page: codes and wrong proofs allowed per account and network address, look-ups of other homes (defaults)",
  },
});
export type HouseholdPolicy = z.output<(typeof householdPolicy)["schema"]>;

/** A code is good for so long, and for so many tries; for one where the home had so many wrong codes in a day. */
export const CODE_MINUTES = 5;
export const CODE_TRIES = 5;
export const WRONG_CODES_FREE = 10;
/** So often in a day the hotline begins the counts of a home anew. */
export const LIFTS_PER_DAY = 3;
/** A telephone that is on file for many homes gets so many at most, whichever of them they are asked for: it is nobody's to be flooded. */
export const CODES_PER_NUMBER_AND_HOUR = 10;
export const CODES_PER_NUMBER_AND_DAY = 20;
/** Of these so many more for a browser that proved the home before, whatever strangers had sent there. */
export const CODES_KEPT_FOR_KNOWN = 10;

/** A session of the page: idle, and at most. */
export const IDLE_MINUTES = 30;
export const LONGEST_HOURS = 12;
