/**
 * A certified day stands as it was signed. A further file of it is not posted to it: it is refused, or counted to a later day
 * that is open, by somebody who says which.
 */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type BankDayRow, ensureBankDay, findBankDay } from "./day-queries.ts";
import { countStagedTo, stagedDays } from "./line-queries.ts";
import { isOfLongAgo, refuseNotBegun, refuseOfLongAgo } from "./plausible-days.ts";
import type { StagedFile } from "./stage-file.ts";

/** @throws DomainError `bank-day.for-day-unneeded` */
export const refuseUnneeded = (forDay: Day | undefined, isNeeded: boolean): void => {
  if (forDay === undefined || isNeeded) return;
  fail(
    "bank-day.for-day-unneeded",
    "only a file of a certified day, or of long ago, is counted to another day",
    {
      field: "forDay",
      remedy: "leave it out: the file counts to its own day",
    },
  );
};

export type CertifiedCheck = {
  readonly channelId: number;
  readonly channel: string;
  readonly fileId: bigint;
  readonly staged: StagedFile;
  readonly forDay: Day | undefined;
  /** `lock`: the days are held, so that nobody certifies them before the file is posted. `look`: for a dry run. */
  readonly mode: "lock" | "look";
  readonly now: Date;
};

const stateOf = async (sql: Sql, one: CertifiedCheck, day: Day): Promise<BankDayRow["state"]> =>
  one.mode === "lock"
    ? (await ensureBankDay(sql, one.channelId, day)).state
    : ((await findBankDay(sql, one.channelId, day))?.state ?? "open");

const refuseCertified = (channel: string, bankDay: Day): never =>
  fail("bank-day.certified", `${bankDay} of ${channel} is certified: no further file is posted to it`, {
    remedy: "say to which later day the file counts (forDay, --for-day): that day must be open",
    facts: { bankDay },
  });

/** The latest of the file's days that takes no lines of it: certified, or of long ago. */
const closedDay = async (
  sql: Sql,
  one: CertifiedCheck,
  latestFirst: readonly Day[],
): Promise<{ readonly day: Day; readonly why: "certified" | "old" } | undefined> => {
  let found: { readonly day: Day; readonly why: "certified" | "old" } | undefined;
  for (const day of latestFirst) {
    if ((await stateOf(sql, one, day)) === "certified") found ??= { day, why: "certified" };
    else if (isOfLongAgo(day, one.now)) found ??= { day, why: "old" };
  }
  return found;
};

const refuseTarget = async (
  sql: Sql,
  one: CertifiedCheck,
  own: readonly Day[],
  forDay: Day,
): Promise<void> => {
  if (own.some((day) => day >= forDay)) {
    fail("bank-day.for-day-earlier", "a further file counts to a later day than its own", {
      field: "forDay",
      remedy: "name a day after the file's days",
    });
  }
  await refuseNotBegun(sql, { channelId: one.channelId, day: forDay, now: one.now, field: "forDay" });
  if (isOfLongAgo(forDay, one.now)) refuseOfLongAgo(forDay, "forDay");
};

/**
 * Keeps a staged file out of certified days, of days that have not begun, and of days of long ago; answers it as it is to be
 * posted.
 * @throws DomainError `bank-day.not-begun`, `bank-day.too-old`, `bank-day.certified`, `bank-day.for-day-unneeded`,
 * `bank-day.for-day-earlier`
 */
export const keepOutOfCertified = async (sql: Sql, one: CertifiedCheck): Promise<StagedFile> => {
  const { staged, forDay } = one;
  const own = staged.bankDay === null ? await stagedDays(sql, one.fileId) : [staged.bankDay];
  // The latest first: so is the order of the locks everywhere.
  const latestFirst = [...own].sort((a, b) => (a < b ? 1 : -1));
  const [latest] = latestFirst;
  if (latest !== undefined) await refuseNotBegun(sql, { ...one, day: latest });
  const closed = await closedDay(sql, one, latestFirst);
  refuseUnneeded(forDay, closed !== undefined);
  if (closed === undefined) return staged;
  if (forDay === undefined) {
    return closed.why === "old" ? refuseOfLongAgo(closed.day) : refuseCertified(one.channel, closed.day);
  }
  await refuseTarget(sql, one, own, forDay);
  if ((await stateOf(sql, one, forDay)) === "certified") refuseCertified(one.channel, forDay);
  await countStagedTo(sql, one.fileId, forDay);
  return { ...staged, bankDay: forDay };
};
