/** A difference, or held money, as the work list shows it. */
import { z } from "zod";
import { must } from "#src/kernel/errors.ts";
import { withNames } from "#src/platform/people.ts";
import { fenJson, fenOut } from "#src/platform/route.ts";
import { maskName } from "#src/town/accounts/index.ts";
import { breakJson, breakOut } from "./day-json.ts";
import { allowedAnswers, BREAK_CLASSES, type LineSort, RESOLUTIONS } from "./resolution-table.ts";
import type { Waiting, WorkRow } from "./work-queries.ts";

/** A question to a second person: what exactly was asked, so that it can be carried out word for word. */
export const waitingOut = withNames(
  z.object({
    approvalId: z.string(),
    kind: z.string(),
    state: z.enum(["requested", "approved", "refused"]),
    request: z.record(z.string(), z.unknown()),
    accountNo: z.string().nullable(),
    /** Of that household. */
    address: z.string().nullable(),
    /** Why it was refused. */
    reason: z.string().nullable(),
    askedBy: z.string().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: z.string().nullable(),
  }),
  "askedBy",
  "decidedBy",
).nullable();

/** What the bank calls the payer, as much of it as whoever matches money needs. */
export const payerJson = (name: string | null): string | null =>
  name === null || name.trim() === "" ? null : maskName(name);

export const waitingJson = (one: Waiting): z.input<typeof waitingOut> =>
  one.approvalId === null || one.approvalState === null
    ? null
    : {
        approvalId: String(one.approvalId),
        kind: must(one.approvalKind, "the kind of an approval"),
        state: one.approvalState,
        request: one.approvalRequest as Record<string, unknown>,
        accountNo: one.approvalAccountNo,
        address: one.approvalAddress,
        reason: one.approvalReason,
        askedBy: one.approvalAskedBy,
        decidedBy: one.approvalDecidedBy,
        decidedAt: one.approvalDecidedAt?.toISOString() ?? null,
      };

export const workOut = breakOut.extend({
  serial: z.string().nullable(),
  originalSerial: z.string().nullable(),
  /** The number that the bank gave. */
  accountText: z.string().nullable(),
  valueDate: z.string().nullable(),
  /** As the bank names the payer, masked. */
  payer: z.string().nullable(),
  our: z
    .object({
      paymentId: z.string(),
      serial: z.string(),
      accountNo: z.string(),
      paidAt: z.string(),
      state: z.string(),
    })
    .nullable(),
  /** What may be decided about it as it stands. */
  answers: z.array(z.enum(RESOLUTIONS)),
  /** Its money is held: claim or return that. */
  suspenseId: z.string().nullable(),
  heldFen: fenOut.nullable(),
  waiting: waitingOut,
});

const SORTS: Readonly<Record<NonNullable<WorkRow["lineKind"]>, LineSort>> = {
  payment: "payment",
  reversal: "reversal",
  refund: "reversal",
  credit: "credit",
  debit: "debit",
};

const answersTo = (row: WorkRow) => {
  const known = BREAK_CLASSES.find((one) => one === row.class);
  if (row.state !== "open" || row.lineState === "suspense" || known === undefined) return [];
  const line = row.lineKind === null ? "none" : SORTS[row.lineKind];
  return [...allowedAnswers({ class: known, line, realTime: row.realTime })];
};

export const workJson = (row: WorkRow): z.input<typeof workOut> => ({
  ...breakJson(row),
  serial: row.serial,
  originalSerial: row.originalSerial,
  accountText: row.accountNo,
  valueDate: row.valueDate,
  payer: payerJson(row.payerName),
  our:
    row.ourPaymentId === null
      ? null
      : {
          paymentId: String(row.ourPaymentId),
          serial: must(row.ourSerial, "the serial of a payment"),
          accountNo: must(row.ourAccountNo, "the household of a payment"),
          paidAt: must(row.ourPaidAt, "the time of a payment").toISOString(),
          state: must(row.ourState, "the state of a payment"),
        },
  answers: answersTo(row),
  suspenseId: row.suspenseId === null ? null : String(row.suspenseId),
  heldFen: row.heldFen === null ? null : fenJson(row.heldFen),
  waiting: waitingJson(row),
});
