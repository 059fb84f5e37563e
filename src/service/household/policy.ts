/** How often somebody may try to prove that a home is his, and look for another's. */
import { z } from "zod";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting } from "#src/platform/settings.ts";

const bound = z.int().min(1).max(10_000);

export const householdPolicy = declareSetting({
  key: "household.sign-in",
  schema: z.strictObject({
    codesPerAccountAndHour: bound,
    codesPerAccountAndDay: bound,
    codesPerAddressAndHour: bound,
    wrongProofsPerAccountAndDay: bound,
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
    wrongProofsPerAccountAndDay: field("每个户号每天验证错误", "Wrong proofs per account and day", {
      unit: "times",
    }),
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

/** A code is good for so long, and for so many tries. */
export const CODE_MINUTES = 5;
export const CODE_TRIES = 5;
/** A telephone that is on file for many homes gets so many at most, whichever of them they are asked for: it is nobody's to be flooded. */
export const CODES_PER_NUMBER_AND_HOUR = 10;
export const CODES_PER_NUMBER_AND_DAY = 20;
/** The next code for the same account may be asked for after this. */
export const RESEND_SECONDS = 60;

/** A session of the page: idle, and at most. */
export const IDLE_MINUTES = 30;
export const LONGEST_HOURS = 12;
