/** Shapes of the billing API. */
import { z } from "zod";
import { withNames } from "#src/platform/people.ts";
import { dayIn, fenIn, fenJson, fenOut, pageOf, rowIdIn } from "#src/platform/route.ts";
import type { IssueResult } from "./issue-bill-run.ts";
import type { BillRunPreview } from "./preview.ts";
import { PREVIEW_GROUPS } from "./preview-queries.ts";
import type { AskedRun, BillRun, ListedRun } from "./run-queries.ts";

export const seasonIn = z.coerce.number().int().min(1990).max(2100);

const bothLanguages = z.object({ "zh-CN": z.array(z.string()), en: z.array(z.string()) });

export const lineOut = z.object({
  ordinal: z.int(),
  kind: z.enum(["heat", "opening"]),
  amountFen: fenOut,
  heatClass: z.string().nullable(),
  loopType: z.string().nullable(),
  billingAreaM2: z.string().nullable(),
  priceYuan: z.string().nullable(),
  days: z.int().nullable(),
  shareBasisPoints: z.int().nullable(),
  formula: z.string(),
  /** False: the stored amount does not follow from the stored inputs. */
  agrees: z.boolean(),
  explanation: bothLanguages,
});

export const billOut = z.object({
  id: z.string(),
  /** What the paper shows, and what a payment names. */
  billNo: z.string(),
  accountNo: z.string(),
  chargePoint: z.int(),
  season: z.int(),
  kind: z.enum(["heat", "opening"]),
  sequence: z.int(),
  state: z.enum(["offered", "due", "cancelled"]),
  amountFen: fenOut,
  paidFen: fenOut,
  openFen: fenOut,
  issuedOn: z.string(),
  dueOn: z.string().nullable(),
  invoiced: z.boolean(),
  cancelledReason: z.string().nullable(),
  lines: z.array(lineOut),
});

export const accountBillsOut = z.object({
  accountNo: z.string(),
  items: z.array(billOut),
  offeredFen: fenOut,
  receivableFen: fenOut,
  prepaidFen: fenOut,
});

export const runIn = z.strictObject({
  season: z.int().min(1990).max(2100),
  asOf: dayIn.optional(),
  /** Also where people cancelled this season's bill: they want a corrected one. */
  reissueCancelled: z.boolean().default(false),
  expectCount: z.int().min(0).optional(),
  expectSumFen: fenIn.optional(),
  /** Of the second person, where the company's rule asks for one. */
  approvalId: rowIdIn.optional(),
});

export const runRequestIn = z.strictObject({
  season: z.int().min(1990).max(2100),
  asOf: dayIn,
  reissueCancelled: z.boolean().default(false),
  count: z.int().min(0),
  sumFen: fenIn,
});

export const previewIn = z.strictObject({
  season: z.int().min(1990).max(2100),
  asOf: dayIn.optional(),
  limitBasisPoints: z.int().min(0).max(1_000_000).optional(),
  limitFen: fenIn.optional(),
});

const refusedOut = z.array(z.object({ reason: z.string(), count: z.int() }));

export const runOut = z.object({
  id: z.string(),
  season: z.int(),
  asOf: z.string(),
  state: z.enum(["checked", "posting", "posted"]),
  expectedCount: z.int(),
  expectedSumFen: fenOut,
  issuedCount: z.int(),
  issuedSumFen: fenOut,
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
});

export const runListOut = pageOf(
  withNames(
    runOut.extend({ startedBy: z.string().nullable(), approvedBy: z.string().nullable() }),
    "startedBy",
    "approvedBy",
  ),
).extend({
  /** The company's rule: a run is decided by two people. */
  needsTwo: z.boolean(),
  /** What was asked about the season's run and is not used up; null without a season. */
  waiting: z
    .object({
      approvalId: z.string(),
      state: z.enum(["requested", "approved", "refused"]),
      request: z.record(z.string(), z.unknown()),
      reason: z.string().nullable(),
    })
    .nullable(),
});

export const issueOut = z.object({
  runId: z.string().nullable(),
  season: z.int(),
  asOf: z.string(),
  state: z.literal("posted"),
  resumed: z.boolean(),
  newBills: z.int(),
  newSumFen: fenOut,
  issuedCount: z.int(),
  issuedSumFen: fenOut,
  expectedCount: z.int(),
  expectedSumFen: fenOut,
  refused: refusedOut,
});

export const previewOut = z.object({
  season: z.int(),
  asOf: z.string(),
  limitBasisPoints: z.int(),
  limitFen: fenOut,
  rollCount: z.int(),
  count: z.int(),
  sumFen: fenOut,
  byClass: z.array(z.object({ heatClass: z.string(), loopType: z.string(), count: z.int(), sumFen: fenOut })),
  refused: refusedOut,
  groups: z.array(
    z.object({
      group: z.enum(PREVIEW_GROUPS),
      count: z.int(),
      sumFen: fenOut,
      lastSumFen: fenOut,
      beyondCount: z.int(),
    }),
  ),
  beyondCount: z.int(),
  issued: z.object({ count: z.int(), sumFen: fenOut, differingCount: z.int() }),
  /** A last day of payment that has passed: bills issued now are late from the start. */
  pastDueOn: z.string().nullable(),
  lastSeason: z.object({ season: z.int(), count: z.int(), sumFen: fenOut }),
});

export const previewRowOut = z.object({
  accountNo: z.string(),
  chargePoint: z.string(),
  group: z.enum(PREVIEW_GROUPS),
  reason: z.string(),
  heatClass: z.string(),
  loopType: z.string(),
  areaM2: z.string(),
  priceYuan: z.string(),
  days: z.string(),
  amountYuan: z.string(),
  lastAmountYuan: z.string(),
  beyondLimit: z.string(),
});

const refusedJson = (refused: readonly { reason: string; count: bigint }[]) =>
  refused.map(({ reason, count }) => ({ reason, count: fenJson(count) }));

export const runJson = (run: BillRun): z.input<typeof runOut> => ({
  id: String(run.id),
  season: run.seasonId,
  asOf: run.asOf,
  state: run.state,
  expectedCount: fenJson(run.expectedCount),
  expectedSumFen: fenJson(run.expectedSumFen),
  issuedCount: fenJson(run.issuedCount),
  issuedSumFen: fenJson(run.issuedSumFen),
  startedAt: run.startedAt.toISOString(),
  finishedAt: run.finishedAt?.toISOString() ?? null,
});

export const listedRunJson = (run: ListedRun) => ({
  ...runJson(run),
  startedBy: run.startedBy,
  approvedBy: run.approvedBy,
});

export const askedRunJson = (asked: AskedRun) => ({
  approvalId: String(asked.approvalId),
  state: asked.state,
  request: asked.request as Record<string, unknown>,
  reason: asked.reason,
});

export const issueJson = (result: IssueResult): z.input<typeof issueOut> => ({
  runId: result.runId === null ? null : String(result.runId),
  season: result.season,
  asOf: result.asOf,
  state: result.state,
  resumed: result.resumed,
  newBills: fenJson(result.newBills),
  newSumFen: fenJson(result.newSumFen),
  issuedCount: fenJson(result.issuedCount),
  issuedSumFen: fenJson(result.issuedSumFen),
  expectedCount: fenJson(result.expectedCount),
  expectedSumFen: fenJson(result.expectedSumFen),
  refused: refusedJson(result.refused),
});

export const previewJson = (preview: BillRunPreview): z.input<typeof previewOut> => ({
  season: preview.season,
  asOf: preview.asOf,
  limitBasisPoints: preview.limitBasisPoints,
  limitFen: fenJson(preview.limitFen),
  rollCount: fenJson(preview.rollCount),
  count: fenJson(preview.count),
  sumFen: fenJson(preview.sumFen),
  byClass: preview.byClass.map(({ heatClass, loopType, count, sumFen }) => ({
    heatClass,
    loopType,
    count: fenJson(count),
    sumFen: fenJson(sumFen),
  })),
  refused: refusedJson(preview.refused),
  groups: preview.groups.map(({ group, count, sumFen, lastSumFen, beyondCount }) => ({
    group,
    count: fenJson(count),
    sumFen: fenJson(sumFen),
    lastSumFen: fenJson(lastSumFen),
    beyondCount: fenJson(beyondCount),
  })),
  beyondCount: fenJson(preview.beyondCount),
  issued: {
    count: fenJson(preview.issued.count),
    sumFen: fenJson(preview.issued.sumFen),
    differingCount: fenJson(preview.issued.differingCount),
  },
  pastDueOn: preview.pastDueOn,
  lastSeason: {
    season: preview.lastSeason.season,
    count: fenJson(preview.lastSeason.count),
    sumFen: fenJson(preview.lastSeason.sumFen),
  },
});
