/** A bank day as the API and the command line show it. */
import { z } from "zod";
import { ROLES } from "#src/platform/actor.ts";
import { withNames } from "#src/platform/people.ts";
import { fenJson, fenOut } from "#src/platform/route.ts";
import { type Bridge, DIFFERENCE_PARTS, type Side } from "./bridge.ts";
import type { BreakRow } from "./break-queries.ts";
import type { BankDayView } from "./reconcile-day.ts";

const sideOut = z.object({ items: z.int(), fen: fenOut });
const sideJson = (side: Side) => ({ items: Number(side.items), fen: fenJson(side.fen) });

export const breakOut = withNames(
  z.object({
    id: z.string(),
    channel: z.string(),
    bankDay: z.string(),
    class: z.string(),
    state: z.enum(["open", "resolved"]),
    bankAmountFen: fenOut.nullable(),
    ourAmountFen: fenOut.nullable(),
    row: z.int().nullable(),
    paymentId: z.string().nullable(),
    rule: z.string().nullable(),
    /** What the line is: amounts are never negative, and of a reversal the bank took the money back. */
    lineKind: z.enum(["payment", "reversal", "refund", "credit", "debit"]).nullable(),
    /** The person who sees to it; null: whoever has the role. */
    owner: z.string().nullable(),
    ownerRole: z.string().nullable(),
    resolution: z.string().nullable(),
    note: z.string(),
    openedAt: z.string(),
    resolvedAt: z.string().nullable(),
  }),
  "owner",
);

export const breakJson = (one: BreakRow): z.input<typeof breakOut> => ({
  id: String(one.id),
  channel: one.channel,
  bankDay: one.bankDay,
  class: one.class,
  state: one.state,
  bankAmountFen: one.bankAmountFen === null ? null : fenJson(one.bankAmountFen),
  ourAmountFen: one.ourAmountFen === null ? null : fenJson(one.ourAmountFen),
  row: one.rowNo,
  paymentId: one.paymentId === null ? null : String(one.paymentId),
  rule: one.rule,
  lineKind: one.lineKind,
  owner: one.owner,
  ownerRole: one.ownerRole,
  resolution: one.resolution,
  note: one.note,
  openedAt: one.openedAt.toISOString(),
  resolvedAt: one.resolvedAt?.toISOString() ?? null,
});

export const dayOut = z.object({
  channel: z.string(),
  day: z.string(),
  state: z.string(),
  closes: z.boolean(),
  ours: sideOut,
  differences: z.record(z.string(), sideOut),
  file: sideOut.nullable(),
  gap: sideOut.nullable(),
  files: z.array(
    z.object({
      id: z.string(),
      fileName: z.string(),
      state: z.string(),
      lineCount: z.int(),
      totalFen: fenOut,
    }),
  ),
  /** A file of the day that is not posted to its end. */
  unfinishedImportId: z.string().nullable(),
  statement: z.object({
    credits: z.int(),
    creditedFen: fenOut,
    feeFen: fenOut,
    /** File less credit and fee: 资金不符 when it is not 0; null while nothing was credited. */
    gapFen: fenOut.nullable(),
  }),
  breaks: z.array(breakOut),
  certificate: z
    .object({
      sha256: z.string(),
      issuedAt: z.string(),
      /** Whom the signed text names. */
      people: z.array(withNames(z.object({ login: z.string() }), "login")),
    })
    .nullable(),
});

const whoSigned = z.object({
  issuedBy: z.string(),
  files: z.array(z.object({ importedBy: z.string() })),
  breaks: z.array(z.object({ owner: z.string().nullable() })),
});

/** The logins in the text of a certificate. A difference that was nobody's names a role there, and a role is no person. */
export const signedPeople = (body: string): string[] => {
  const text = whoSigned.parse(JSON.parse(body));
  const isRole = (name: string): boolean => ROLES.some((role) => role === name);
  const owners = text.breaks.flatMap(({ owner }) => (owner === null || isRole(owner) ? [] : [owner]));
  return [...new Set([text.issuedBy, ...text.files.map(({ importedBy }) => importedBy), ...owners])];
};

const differencesJson = (bridge: Bridge): Record<string, z.input<typeof sideOut>> =>
  Object.fromEntries(DIFFERENCE_PARTS.map((part) => [part, sideJson(bridge.differences[part])]));

export const dayJson = (view: BankDayView): z.input<typeof dayOut> => ({
  channel: view.channel,
  day: view.day,
  state: view.state,
  closes: view.closes,
  ours: sideJson(view.bridge.ours),
  differences: differencesJson(view.bridge),
  file: view.bridge.file && sideJson(view.bridge.file),
  gap: view.bridge.gap && sideJson(view.bridge.gap),
  files: view.files.map((file) => ({
    id: String(file.id),
    fileName: file.fileName,
    state: file.state,
    lineCount: file.lineCount,
    totalFen: fenJson(file.totalFen),
  })),
  unfinishedImportId: view.unfinishedId === null ? null : String(view.unfinishedId),
  statement: {
    credits: Number(view.credits.credits),
    creditedFen: fenJson(view.credits.grossFen - view.credits.feeFen),
    feeFen: fenJson(view.credits.feeFen),
    gapFen: view.creditGapFen === null ? null : fenJson(view.creditGapFen),
  },
  breaks: view.breaks.map(breakJson),
  certificate: view.certificate && {
    sha256: view.certificate.sha256.toString("hex"),
    issuedAt: view.certificate.issuedAt.toISOString(),
    people: signedPeople(view.certificate.body).map((login) => ({ login })),
  },
});
