/** Files that are looked at before they are imported, over HTTP: choose, look, confirm, watch. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { listProfiles } from "#src/bank/channels/index.ts";
import { fail } from "#src/kernel/errors.ts";
import { withNames } from "#src/platform/people.ts";
import {
  dayIn,
  defineRoute,
  fenOut,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { confirmDraft, dropDraft, needsTwo, requireDraft } from "./confirm-draft.ts";
import { type Draft, DRAFT_STATES, findDraft, listDrafts } from "./draft-queries.ts";
import { fileNameIn } from "./file-name.ts";
import { bytesOfDraft, keepDraft } from "./keep-draft.ts";

const tag = "Bank 银行对账";
const params = z.strictObject({ id: rowIdIn });

const countedOut = z.object({ count: z.int(), totalFen: fenOut });
const refusalOut = z.object({
  code: z.string(),
  message: z.string(),
  row: z.int().nullable(),
  field: z.string().nullable(),
  remedy: z.string().nullable(),
});

const entryOut = z.object({
  row: z.int(),
  kind: z.string(),
  serial: z.string().nullable(),
  accountNo: z.string().nullable(),
  payer: z.string().nullable(),
  amountFen: fenOut,
  day: z.string().nullable(),
  problem: z.string().nullable(),
});

const draftOut = withNames(
  z.object({
    id: z.string(),
    channel: z.string(),
    fileName: z.string(),
    state: z.enum(DRAFT_STATES),
    sizeBytes: z.int(),
    sha256: z.string(),
    profile: z.string(),
    format: z.string().nullable(),
    encoding: z.string(),
    /** How the bytes themselves read, whatever the profile says. */
    looksLike: z.string(),
    /** Other profiles under which the file reads to its end. */
    fitting: z.array(z.string()),
    bankDay: z.string().nullable(),
    forDay: z.string().nullable(),
    lines: z.int().nullable(),
    /** What head or trailer of the file say, and what its lines add up to. */
    stated: z.object({ count: z.int().nullable(), totalFen: fenOut.nullable() }),
    computed: countedOut.nullable(),
    entries: z.array(entryOut),
    problems: z.array(
      refusalOut.omit({ row: true, remedy: true }).extend({ row: z.int(), remedy: z.string() }),
    ),
    problemCount: z.int(),
    refusal: refusalOut.nullable(),
    /** What the lines would become: nothing was posted. */
    tried: z
      .object({
        counts: z.record(z.string(), z.int()),
        lineCount: z.int(),
        totalFen: fenOut,
        /** The lines that would become a difference or money of nobody, the first 200. */
        inDoubt: z.array(
          entryOut
            .omit({ problem: true })
            .extend({ outcome: z.enum(["break", "suspense"]), rule: z.string().nullable() }),
        ),
        /** Numbers that pay more than once in the file. */
        twice: z.array(z.object({ accountNo: z.string(), rows: z.array(z.int()), totalFen: fenOut })),
      })
      .nullable(),
    needsTwo: z.boolean(),
    approval: withNames(
      z.object({
        id: z.string(),
        state: z.string(),
        decidedBy: z.string().nullable(),
        reason: z.string().nullable(),
      }),
      "decidedBy",
    ).nullable(),
    keptBy: z.string(),
    keptAt: z.string(),
    confirmedBy: z.string().nullable(),
    import: z
      .object({
        id: z.string(),
        state: z.string(),
        linesDone: z.int(),
        lineCount: z.int(),
        reconciled: z.boolean(),
      })
      .nullable(),
  }),
  "keptBy",
  "confirmedBy",
);

const numberOrNull = (amount: string | null): number | null => (amount === null ? null : Number(amount));

const draftJson = (draft: Draft): z.input<typeof draftOut> => {
  const { report, refusal } = draft;
  return {
    id: String(draft.id),
    channel: draft.channel,
    fileName: draft.fileName,
    state: draft.state,
    sizeBytes: Number(draft.sizeBytes),
    sha256: draft.sha256.toString("hex"),
    profile: `${report.profile} ${report.profileVersion}`,
    format: report.format,
    encoding: report.encoding,
    looksLike: report.looksLike,
    fitting: [...report.fitting],
    bankDay: report.bankDay,
    forDay: draft.forDay,
    lines: report.lines,
    stated: { count: report.stated.count, totalFen: numberOrNull(report.stated.totalFen) },
    computed: report.computed && { ...report.computed, totalFen: Number(report.computed.totalFen) },
    entries: report.entries.map((entry) => ({ ...entry, amountFen: Number(entry.amountFen) })),
    problems: [...report.problems],
    problemCount: report.problemCount,
    refusal: refusal as z.input<typeof refusalOut> | null,
    tried: report.tried && {
      ...report.tried,
      counts: { ...report.tried.counts },
      totalFen: Number(report.tried.totalFen),
      inDoubt: (report.tried.inDoubt ?? []).map((one) => ({ ...one, amountFen: Number(one.amountFen) })),
      twice: (report.tried.twice ?? []).map((one) => ({
        ...one,
        rows: [...one.rows],
        totalFen: Number(one.totalFen),
      })),
    },
    needsTwo: needsTwo(draft),
    approval:
      draft.approvalId === null
        ? null
        : {
            id: String(draft.approvalId),
            state: draft.approvalState ?? "requested",
            decidedBy: draft.decidedBy,
            reason: draft.approvalReason,
          },
    keptBy: draft.keptBy,
    keptAt: draft.keptAt.toISOString(),
    confirmedBy: draft.confirmedBy,
    import:
      draft.importId === null
        ? null
        : {
            id: String(draft.importId),
            state: draft.importState ?? "received",
            linesDone: draft.linesDone ?? 0,
            lineCount: draft.importLines ?? 0,
            reconciled: draft.reconciledAt !== null,
          },
  };
};

const HEAD_LINES = 3;
const LONGEST_LINE = 300;

/**
 * The lines before the first entry, as the profile's encoding decodes them; none of a file in which no entry was read, because they
 * may be entries: the error file has them. Entries themselves are shown field by field, with the payer masked.
 */
const headOf = async (platform: Platform, draft: Draft): Promise<string[]> => {
  // What a compressed file decodes to says nothing to anybody.
  if (draft.report.looksLike === "workbook") return [];
  const [firstEntry] = draft.report.entries;
  if (firstEntry === undefined) return [];
  const wanted = Math.min(HEAD_LINES, firstEntry.row - 1);
  for await (const piece of bytesOfDraft(platform, draft)) {
    return new TextDecoder(draft.report.encoding)
      .decode(piece.subarray(0, 64 * 1024), { stream: true })
      .split(/\r?\n/)
      .slice(0, wanted)
      .map((line) => line.slice(0, LONGEST_LINE));
  }
  return [];
};

export const draftRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/bank-profiles",
    permission: "bank.read",
    tag,
    summary: "The file profiles that ship with the program, by name",
    response: z.object({ items: z.array(z.string()) }),
    handle: async () => ({ body: { items: await listProfiles() } }),
  }),
  defineRoute({
    method: "post",
    path: "/bank-drafts",
    permission: "bank.import",
    tag,
    summary:
      "Look at a bank's file before it is imported: the body is the file; it is read, tried and kept, nothing is posted. Its own name may come percent-encoded in `X-File-Name`, which no log of addresses keeps",
    query: z.strictObject({
      channel: z.string().regex(/^[a-z0-9-]{2,30}$/, "a channel's code"),
      fileName: z.string().trim().min(1).max(200),
      profile: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/, "the name of a profile")
        .optional(),
      forDay: dayIn.optional(),
    }),
    consumes: "raw",
    response: draftOut,
    status: 201,
    handle: async ({ platform, actor, query, headers, requestId }, stream) => {
      if (stream === undefined) {
        return fail("request.body-missing", "the file is missing", { remedy: "send the file as the body" });
      }
      const draft = await keepDraft(platform, actor, {
        source: stream,
        fileName: fileNameIn(headers["x-file-name"]) || query.fileName,
        channel: query.channel,
        profile: query.profile,
        forDay: query.forDay === undefined ? undefined : day(query.forDay),
        requestId,
      });
      return { body: draftJson(draft) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-drafts",
    permission: "bank.read",
    tag,
    summary: "Files that were looked at, the latest first",
    query: pageIn.extend({ waiting: z.enum(["true", "false"]).default("true") }),
    response: pageOf(draftOut),
    handle: async ({ platform, query }) => {
      const rows = await listDrafts(platform.database.sql, {
        waiting: query.waiting === "true",
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], draftJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-drafts/{id}",
    permission: "bank.read",
    tag,
    summary: "A file that was looked at: what was found, who agreed, how far its import is",
    params,
    response: draftOut.extend({ head: z.array(z.string()) }),
    handle: async ({ platform, params: { id } }) => {
      const draft = requireDraft(await findDraft(platform.database.sql, id));
      return { body: { ...draftJson(draft), head: await headOf(platform, draft) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/bank-drafts/{id}/confirmation",
    permission: "bank.import",
    tag,
    summary:
      "Import the file that was looked at; where lines are in doubt it asks a second person first. Answers when it is posted; repeating posts nothing twice",
    params,
    response: draftOut,
    handle: async ({ platform, actor, params: { id }, requestId }) => ({
      body: draftJson(await confirmDraft(platform, actor, id, requestId)),
    }),
  }),
  defineRoute({
    method: "delete",
    path: "/bank-drafts/{id}",
    permission: "bank.import",
    tag,
    summary: "Give a file up that was looked at: nothing was posted",
    params,
    response: z.object({ id: z.string(), state: z.literal("dropped") }),
    handle: async ({ platform, actor, params: { id }, requestId }) => {
      await platform.commands.run({ name: "bank.drop-draft", actor, requestId }, (context) =>
        dropDraft(context, id),
      );
      return { body: { id: String(id), state: "dropped" as const } };
    },
  }),
];
