/** What an export looks like from outside. */
import { z } from "zod";
import { type Actor, can, PERMISSIONS, type Permission } from "#src/platform/actor.ts";
import { EXPORT_FORMATS } from "#src/platform/table-export.ts";
import type { ExportRow } from "./queries.ts";

export const EXPORT_STATES = ["waiting", "writing", "ready", "failed", "cancelled", "expired"] as const;
export type ExportState = (typeof EXPORT_STATES)[number];

const word = z.object({ "zh-CN": z.string(), en: z.string() });
export type ExportTitle = z.infer<typeof word>;

export const failureOut = z.object({
  code: z.string(),
  detail: z.string(),
  remedy: z.string().nullable(),
});
export type ExportFailure = z.infer<typeof failureOut>;

export const exportOut = z.object({
  id: z.string(),
  kind: z.string(),
  title: word,
  fileName: z.string(),
  format: z.enum(EXPORT_FORMATS),
  purpose: z.string(),
  state: z.enum(EXPORT_STATES),
  /** Rows that are written so far. */
  rows: z.int(),
  /** Of how many, where that is known. */
  ofRows: z.int().nullable(),
  bytes: z.int(),
  askedAt: z.string(),
  /** The moment whose state the rows are. */
  asOf: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Until then it can be fetched. */
  until: z.string().nullable(),
  failure: failureOut.nullable(),
  fetched: z.int(),
  fetchedAt: z.string().nullable(),
  /** Whether the caller's rights still reach as far as they did when it was asked for. */
  mayFetch: z.boolean(),
});

/** Whether this right is still there; a permission that the house no longer knows nobody has. */
export const isStillAllowed = (actor: Actor, row: Pick<ExportRow, "permission" | "isCovered">): boolean =>
  row.isCovered && Object.hasOwn(PERMISSIONS, row.permission) && can(actor, row.permission as Permission);

/** What is kept no longer is not there, also before the worker has come by. */
export const stateAt = (row: Pick<ExportRow, "state" | "expiresAt">, now: Date): ExportState =>
  row.state === "ready" && row.expiresAt !== null && row.expiresAt <= now ? "expired" : row.state;

export const exportJson = (row: ExportRow, actor: Actor, now: Date): z.input<typeof exportOut> => ({
  id: String(row.id),
  kind: row.kind,
  title: word.parse(row.title),
  fileName: row.fileName,
  format: row.format,
  purpose: row.purpose,
  state: stateAt(row, now),
  rows: row.rowsDone,
  ofRows: row.rowsExpected,
  bytes: Number(row.byteCount),
  askedAt: row.askedAt.toISOString(),
  asOf: row.asOf?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  until: row.expiresAt?.toISOString() ?? null,
  failure: row.failure === null ? null : failureOut.parse(row.failure),
  fetched: row.fetchCount,
  fetchedAt: row.fetchedAt?.toISOString() ?? null,
  mayFetch: isStillAllowed(actor, row),
});
