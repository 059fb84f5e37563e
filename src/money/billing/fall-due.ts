import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { fen, type Fen, ZERO_FEN } from "#src/kernel/money.ts";
import { requireSeason } from "#src/office/calendars/index.ts";
import { type Actor, authorize, staffIdOf } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import { requireWholeCompany } from "./check-run.ts";
import { fallDueChunk } from "./run-queries.ts";

const CHUNK_ACCOUNTS = 5000;

export type FallDueResult = {
  readonly season: number;
  readonly day: Day;
  /** Bills that became debts now. */
  readonly bills: bigint;
  readonly sumFen: Fen;
  /** What of them is unpaid. */
  readonly openFen: Fen;
};

/**
 * Makes the offers of a season into debts whose due day is `day` or earlier (docs/postings.md rows 3 and 4), in chunks
 * of accounts, each one transaction. The accounting date is today, the value date the due day. Repeating is safe.
 * @throws DomainError `forbidden`, `season.unknown`, `bills.day-ahead` for a day that has not come, `day.closed`
 */
export const fallDue = async (
  platform: Pick<Platform, "database" | "commands" | "clock">,
  options: {
    readonly actor: Actor;
    readonly season: number;
    readonly day?: Day | undefined;
    readonly chunkAccounts?: number | undefined;
    readonly requestId?: string | undefined;
  },
): Promise<FallDueResult> => {
  const { actor, requestId } = options;
  authorize(actor, "bill.run");
  requireWholeCompany(actor);
  const season = await requireSeason(platform.database.sql, options.season);
  const now = today(platform.clock);
  const until = options.day ?? now;
  if (until > now) {
    fail("bills.day-ahead", `${until} has not come`, { field: "day", remedy: "no debt is made in advance" });
  }
  const result = { season: season.id, day: until, bills: 0n, sumFen: ZERO_FEN, openFen: ZERO_FEN };
  let afterAccount = 0n;
  for (let finished = false; !finished;) {
    await failpoint("fall-due-chunk-before");
    const { result: chunk } = await platform.commands.run(
      {
        name: "bills.fall-due",
        actor,
        pool: "bulk",
        ...(requestId === undefined ? {} : { requestId }),
      },
      async (context) => {
        const fallen = await fallDueChunk(context.sql, {
          season: season.id,
          day: until,
          afterAccount,
          chunkSize: options.chunkAccounts ?? CHUNK_ACCOUNTS,
          accountingDate: context.today,
          now: context.now,
          actorId: staffIdOf(actor),
        });
        if (fallen.count > 0n) {
          const subject = `season:${season.id}`;
          const range = { fromAccount: afterAccount + 1n, toAccount: fallen.toAccount };
          context.audit({
            subject,
            details: {
              day: until,
              ...range,
              count: fallen.count,
              sumFen: fallen.sumFen,
              openFen: fallen.openFen,
            },
          });
          context.emit({ type: "bills.fell-due", subject, payload: { season: season.id, ...range } });
        }
        return fallen;
      },
    );
    result.bills += chunk.count;
    result.sumFen = fen(result.sumFen + chunk.sumFen);
    result.openFen = fen(result.openFen + chunk.openFen);
    afterAccount = chunk.toAccount;
    finished = chunk.finished;
  }
  return result;
};
