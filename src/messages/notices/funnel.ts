/** The funnel (漏斗) of a notice: whom it was for, what became of each, and the list behind every figure. */
import { z } from "zod";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { defineExport, storedId, storedReach } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { maskRecipient, readSegmentPrice } from "#src/messages/messaging/index.ts";
import {
  countFunnel,
  countReplies,
  type FunnelRow,
  listRecipients,
  type RecipientFilter,
  type RecipientRow,
} from "./funnel-queries.ts";
import { reasonWords } from "./reasons.ts";
import { NOTICE_CHANNELS, type NoticeChannel, type Outcome, OUTCOMES, regardingOf } from "./schema.ts";

/** What a provider took, whatever became of it then. Of what is `unknown` nobody can say that. */
export const SENT: readonly Outcome[] = ["accepted", "delivered", "undelivered", "expired"];

/** What should have arrived and did not. */
export const FAILED: readonly Outcome[] = ["rejected", "undelivered", "expired"];

export type Funnel = {
  /** Households within the reader's bounds; the sum of `byOutcome`. */
  readonly audience: number;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  /** The sum of `SENT`. */
  readonly sent: number;
  /** The sum of `FAILED`. */
  readonly failed: number;
  readonly skippedBy: Readonly<Record<string, number>>;
  readonly failedBy: Readonly<Record<string, number>>;
  /** Homes by the way to them; gaps have none. */
  readonly byChannel: Readonly<Record<string, number>>;
  /** Messages that answered it. */
  readonly repliesBy: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly segments: number;
  readonly costMilliFen: bigint;
};

const sumBy = (
  rows: readonly FunnelRow[],
  keyOf: (row: FunnelRow) => string | null,
): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const row of rows) {
    const key = keyOf(row);
    if (key !== null) sums[key] = (sums[key] ?? 0) + row.households;
  }
  return sums;
};

/** The figures as they are now, of the households that the reader may see. */
export const funnelOf = async (sql: Sql, actor: Actor, day: string, noticeId: bigint): Promise<Funnel> => {
  const reach = scopeBindings(actor.scope, day);
  const segmentMilliFen = await readSegmentPrice(sql);
  const rows = await countFunnel(sql, {
    ...reach,
    noticeId,
    regarding: regardingOf(noticeId),
    segmentMilliFen,
  });
  const replies = await countReplies(sql, { ...reach, noticeId });
  const sumOf = (outcomes: readonly Outcome[]): number =>
    outcomes.reduce((sum, outcome) => sum + byOutcome[outcome], 0);
  const counted = sumBy(rows, (row) => row.outcome);
  const byOutcome = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, counted[outcome] ?? 0])) as Record<
    Outcome,
    number
  >;
  return {
    audience: rows.reduce((sum, row) => sum + row.households, 0),
    byOutcome,
    sent: sumOf(SENT),
    failed: sumOf(FAILED),
    skippedBy: sumBy(rows, (row) => (row.outcome === "skipped" ? row.reason : null)),
    failedBy: sumBy(rows, (row) => (FAILED.includes(row.outcome) ? row.reason : null)),
    byChannel: sumBy(rows, (row) => row.channel),
    repliesBy: Object.fromEntries(replies.map(({ kind, n }) => [kind, n])),
    messages: rows.reduce((sum, row) => sum + row.messages, 0),
    segments: rows.reduce((sum, row) => sum + row.segments, 0),
    costMilliFen: rows.reduce((sum, row) => sum + row.costMilliFen, 0n),
  };
};

const PAGE = 5000;
const HEADER = ["户号", "房屋", "渠道", "联系方式", "结果", "原因", "时间"] as const;

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  skipped: "未发送",
  waiting: "待生成",
  queued: "待发送",
  accepted: "已提交",
  delivered: "已送达",
  undelivered: "未送达",
  expired: "无回执",
  rejected: "被拒绝",
  unknown: "结果不明",
  cancelled: "已取消",
};

const CHANNEL_WORDS: Readonly<Record<NoticeChannel, string>> = { sms: "短信", email: "邮件", voice: "语音" };

const cellsOf = (row: RecipientRow): string[] => [
  row.accountNo,
  row.home,
  row.channel === null ? "" : CHANNEL_WORDS[row.channel],
  maskRecipient(row.contact),
  OUTCOME_WORDS[row.outcome],
  reasonWords(row.reason, "zh-CN"),
  row.changedAt === null ? "" : wallTimeOfInstant(row.changedAt),
];

async function* recipientPages(
  sql: Sql,
  filter: ReturnType<typeof scopeBindings> & RecipientFilter,
): AsyncGenerator<readonly RecipientRow[]> {
  for (let after = -1n; ;) {
    const page = await listRecipients(sql, { ...filter, after, limit: PAGE });
    yield page;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = last.accountId;
  }
}

/** The list behind a figure, contacts masked. */
export const recipientExport = defineExport({
  kind: "notice-recipients",
  command: "notice.export",
  permission: "notice.read",
  wanted: z.object({
    ...storedReach,
    noticeId: storedId,
    regarding: z.string(),
    outcomes: z.array(z.enum(OUTCOMES)).readonly().nullable(),
    reason: z.string().nullable(),
    channel: z.enum(NOTICE_CHANNELS).nullable(),
  }),
  table: (filter: ReturnType<typeof scopeBindings> & RecipientFilter) => ({
    header: HEADER,
    cells: cellsOf,
    pages: (sql) => recipientPages(sql, filter),
  }),
});
