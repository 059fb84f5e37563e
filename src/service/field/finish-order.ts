/** The end of a work order: its result, the parts it took, who signed, and what that means for valve, task and case. */
import { both, type Words } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { beginOrderChange, changeState } from "./access-order.ts";
import { tellCases } from "./cases.ts";
import { type OrderChanged, recordVisit } from "./change-order.ts";
import { checkResult, formatOrderNo, type OrderResult } from "./order-kinds.ts";
import { findTicketIds, hasFile, insertParts, type OrderRow, type PartRow } from "./order-queries.ts";
import { nextOrderState } from "./order-states.ts";
import { countSlips } from "./slip-queries.ts";
import { openValve } from "./open-valve.ts";

/** Drawn by the household (a stored image), or a named person who saw it done. */
export type Signature = {
  readonly kind: "image" | "witness";
  readonly name: string;
  readonly fileId?: bigint | undefined;
};

export type Finish = {
  readonly id: bigint;
  readonly version?: number | undefined;
  readonly result: OrderResult;
  readonly note?: string | undefined;
  readonly arrivedAt?: Date | undefined;
  readonly parts?: readonly PartRow[] | undefined;
  readonly signature?: Signature | undefined;
};

/** @throws DomainError `work-order.signature-refused` also for a file that does not lie with this order */
export const checkSignature = async (
  { sql }: CommandContext,
  orderId: bigint,
  { kind, fileId }: Signature,
): Promise<void> => {
  if (kind === "witness" && fileId === undefined) return;
  if (kind === "image" && fileId !== undefined && (await hasFile(sql, orderId, fileId))) return;
  fail(
    "work-order.signature-refused",
    "the image of a signature is a file of this order; a witness has a name alone",
    {
      field: "signature.fileId",
      remedy: "send the image to the order's photos first",
    },
  );
};

const refuse = async (context: CommandContext, order: OrderRow, finish: Finish): Promise<void> => {
  nextOrderState(order.state, order.state === "on-site" ? "finish" : "report");
  checkResult(order.kind, finish.result);
  if (finish.signature !== undefined) await checkSignature(context, order.id, finish.signature);
  // ~130 valves a day are turned in the stairwell, where nobody signs; whoever enters a home is signed for.
  if (order.kind !== "valve" && finish.signature === undefined) {
    fail("work-order.signature-missing", "whoever was in the home has it signed", {
      field: "signature",
      remedy: "the household's signature as an image, or a named witness",
    });
  }
  if (order.kind === "temperature" && (await countSlips(context.sql, order.id)) === 0) {
    fail("work-order.slip-missing", "a measurement without a slip has not been made", {
      field: "result",
      remedy: "write the temperature slip (测温单) first",
    });
  }
};

const RESULT_WORDS: Readonly<Record<OrderResult, Words>> = {
  opened: both("已开阀", "valve opened"),
  "already-open": both("阀门原已开启", "the valve was open"),
  repaired: both("已修复", "repaired"),
  "no-fault": both("未见故障", "no fault found"),
  "not-ours": both("非我方责任", "not our part"),
  measured: both("已测温", "temperature measured"),
};

/**
 * Done (完成): at the end of a visit that was begun, or for a whole visit that is written down at once, from paper or by one tap.
 * A valve order turns the valve, closes its task, and is refused when the season is not paid in full any more. The cases get
 * a visit on which their closing may rest. Announces `work-order.finished`.
 * @throws DomainError `work-order.state-refused`, `work-order.result-refused`, `work-order.signature-refused`,
 * `work-order.signature-missing`, `work-order.slip-missing`, `work-order.arrival-refused`, `work-order.not-paid`, `version.stale`
 */
export const finishOrder = async (context: CommandContext, finish: Finish): Promise<OrderChanged> => {
  const { sql, now, actor } = context;
  const order = await beginOrderChange(context, finish.id, finish.version);
  await refuse(context, order, finish);
  if (order.kind === "valve") await openValve(context, order);
  const note = finish.note ?? "";
  const ordinal = await recordVisit(context, order, { outcome: "done", note, arrivedAt: finish.arrivedAt });
  const parts = finish.parts ?? [];
  await insertParts(sql, order.id, parts);
  const firstVisit = ordinal === 1;
  const to = await changeState(context, order, order.state === "on-site" ? "finish" : "report", {
    visitCount: ordinal,
    result: finish.result,
    finishedAt: now,
    finishedBy: staffIdOf(actor),
    firstVisit,
    signatureKind: finish.signature?.kind,
    signatureName: finish.signature?.name,
    signatureFileId: finish.signature?.fileId,
  });
  const result = RESULT_WORDS[finish.result];
  const subject = `work-order:${order.id}`;
  const facts = { result: finish.result, visit: ordinal, firstVisit, parts: parts.length };
  context.audit({ subject, details: { from: order.state, to, ...facts } });
  context.emit({ type: "work-order.finished", subject, payload: { workOrderId: String(order.id) } });
  await tellCases(context, await findTicketIds(sql, [order.id]), {
    orderId: order.id,
    kind: "visit",
    evidence: order.kind === "temperature" ? "slip" : "order",
    text: both(
      `${formatOrderNo(order.id)} ${result["zh-CN"]}${note === "" ? "" : `：${note}`}`,
      `${formatOrderNo(order.id)} ${result.en}${note === "" ? "" : `: ${note}`}`,
    ),
    details: facts,
  });
  return { id: order.id, state: to, version: order.version + 1 };
};
