/**
 * A bill run that two people decide on, where the company's rule asks for it: the second person agrees to the figures of the preview,
 * and what is issued must be exactly those. Until the rule is set, whoever may run it decides alone.
 */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type AskedRun, findAskedRun, lockRunQuestion } from "./run-queries.ts";

const RUN_KIND = "bill-run";
registerApprovalKinds({ [RUN_KIND]: "bill.approve-cancel" });

const RULES = ["one-person", "two-people"] as const;
const runRule = declareSetting<(typeof RULES)[number]>({
  key: "billing.run-rule",
  schema: z.enum(RULES),
  standard: "one-person",
  title: word("批量出账复核", "Who decides a bill run"),
  fields: {
    "": field("批量出账由", "A bill run is decided by", {
      choices: {
        "one-person": word("有权限的一人决定", "one person with the right"),
        "two-people": word("一人申请、另一人复核", "two: one asks, another agrees"),
      },
    }),
  },
  meaning: {
    "zh-CN": "批量出账由几个人决定：one-person 有权限的人即可，two-people 须另一人按预览的户数和金额复核",
    en: "who decides a bill run: one-person alone, or two-people, the second of whom agrees to count and sum of the preview",
  },
});

export type RunFigures = {
  readonly season: number;
  readonly asOf: Day;
  readonly count: bigint;
  readonly sumFen: Fen;
  readonly reissueCancelled: boolean;
};

const subjectOf = (season: number): string => `bill-run:season-${season}`;
const requestOf = (figures: RunFigures) => ({
  season: figures.season,
  asOf: figures.asOf,
  count: String(figures.count),
  sumFen: String(figures.sumFen),
  reissueCancelled: figures.reissueCancelled,
});

export const runNeedsTwo = async (sql: Sql): Promise<boolean> =>
  (await readSetting(sql, runRule)) === "two-people";

/** What was asked about the season's run and is not used up. */
export const askedAboutRun = (sql: Sql, season: number): Promise<AskedRun | null> =>
  findAskedRun(sql, { subject: subjectOf(season), kind: RUN_KIND });

/** Asks a second person for a run of these figures; the same question that waits already is not asked twice. */
export const requestRun = async (context: CommandContext, figures: RunFigures): Promise<bigint> => {
  await lockRunQuestion(context.sql, figures.season);
  const asked = await askedAboutRun(context.sql, figures.season);
  const known = asked?.request as Readonly<Record<string, unknown>> | undefined;
  const request = requestOf(figures);
  const isSame =
    known !== undefined && Object.entries(request).every(([name, value]) => known[name] === value);
  if (asked !== null && asked.state !== "refused" && isSame) return asked.approvalId;
  return requestApproval(context, { kind: RUN_KIND, subject: subjectOf(figures.season), request });
};

/**
 * Uses the approval up when the rule asks for one; gives its id to be kept with the run.
 * @throws DomainError `bill-run.needs-two`, `approval.*`
 */
export const useRunApproval = async (
  context: CommandContext,
  figures: RunFigures,
  approvalId: bigint | undefined,
): Promise<bigint | null> => {
  if (!(await runNeedsTwo(context.sql))) return null;
  if (approvalId === undefined) {
    fail("bill-run.needs-two", "a bill run is decided by two people here", {
      field: "approvalId",
      remedy: "preview it, ask for the approval (POST /bill-runs/requests), then issue with its id",
    });
  }
  await useApproval(context, approvalId, RUN_KIND, requestOf(figures));
  return approvalId;
};
