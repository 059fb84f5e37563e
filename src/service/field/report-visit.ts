/**
 * A visit that was written down at the door, maybe without signal, and arrives later (离线现场记录). A visit is never lost: what fits is
 * carried out as if it came at once; what does not fit any more is kept beside the record, and somebody is asked to compare.
 */
import { DomainError, fail } from "#src/kernel/errors.ts";
import { both } from "#src/kernel/words.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext, Idempotency } from "#src/platform/command.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import { openAreaTask } from "#src/town/grid/index.ts";
import { beginOrderChange } from "./access-order.ts";
import { tellCases } from "./cases.ts";
import { leaveOrder, type OrderChanged, startOrder } from "./change-order.ts";
import { finishOrder } from "./finish-order.ts";
import { formatOrderNo, type OrderResult } from "./order-kinds.ts";
import { findTicketIds, insertVisit, type OrderRow } from "./order-queries.ts";
import type { OrderState } from "./order-states.ts";
import { countLateVisit, insertFieldReport, wasReportKept } from "./report-queries.ts";

export const TASK_COMPARE = "field-report";

export type VisitOutcomeReported = OrderResult | "not-home" | "follow-up";

export type VisitReport = {
  readonly id: bigint;
  /** As the phone had read it. */
  readonly version: number;
  readonly outcome: VisitOutcomeReported;
  readonly note?: string | undefined;
  /** When it was written down; by a phone's clock, so that it may lie ahead of ours, or before the order. */
  readonly madeAt: Date;
  /** Who saw it done, where somebody was in the home. */
  readonly witness?: string | undefined;
};

export type ReportedVisit = {
  /** `kept`: the order did not take it; it stands beside the record. */
  readonly result: "done" | "kept";
  readonly state: OrderState;
  readonly version: number;
  readonly code: string | null;
  readonly message: string | null;
  /** For whoever compares; null where both say the same. */
  readonly taskId: string | null;
};

const carryOut = async (context: CommandContext, report: VisitReport): Promise<OrderChanged> => {
  const { id, version, outcome, note, witness } = report;
  const { openedAt } = await beginOrderChange(context, id, version);
  // Nobody was there before the order or after now: a phone's clock may be wrong by a day, and the visit is none the less one.
  const arrivedAt = new Date(
    Math.max(openedAt.getTime(), Math.min(report.madeAt.getTime(), context.now.getTime())),
  );
  if (outcome === "not-home") return leaveOrder(context, { id, version, command: "miss", note, arrivedAt });
  if (outcome === "follow-up") {
    const order = await beginOrderChange(context, id, version);
    const there = order.state === "on-site" ? order : await startOrder(context, { id, version, arrivedAt });
    return leaveOrder(context, { id, version: there.version, command: "defer", note });
  }
  const signature = witness === undefined ? undefined : ({ kind: "witness", name: witness } as const);
  return finishOrder(context, { id, version, result: outcome, note, arrivedAt, signature });
};

/** Whoever finds the valve open that another has opened says the same as the record. */
const saysTheSame = (order: OrderRow, outcome: VisitOutcomeReported): boolean =>
  order.state === "done" &&
  (order.result === outcome ||
    (order.kind === "valve" && (outcome === "opened" || outcome === "already-open")));

const askToCompare = async (
  context: CommandContext,
  order: OrderRow,
  report: VisitReport & { readonly key: string; readonly refusal: string },
): Promise<bigint> => {
  const { id } = await openAreaTask(context, order.buildingId, {
    kind: TASK_COMPARE,
    source: `field-report:${report.key}`,
    title: `派工单 ${formatOrderNo(order.id)} 的现场记录与系统记录不一致，请核对 Compare what was reported from the door with the record`,
    details: {
      workOrderId: String(order.id),
      reported: report.outcome,
      madeAt: report.madeAt,
      recorded: { state: order.state, result: order.result },
      refusal: report.refusal,
    },
    accountId: order.accountId ?? undefined,
    dueAt: context.now,
  });
  return id;
};

/** Keeps a report that the order did not take. Whoever is in the home at this moment keeps his own visit. */
const keep = async (
  context: CommandContext,
  report: VisitReport & { readonly key: string; readonly refusal: string },
): Promise<Omit<ReportedVisit, "code" | "message">> => {
  const { sql, now, actor } = context;
  const order = await beginOrderChange(context, report.id, undefined);
  const same = saysTheSame(order, report.outcome);
  const taskId = same ? null : await askToCompare(context, order, report);
  const note = report.note ?? "";
  await insertFieldReport(sql, {
    orderId: order.id,
    reportKey: report.key,
    outcome: report.outcome,
    note,
    madeAt: report.madeAt,
    seenVersion: report.version,
    foundVersion: order.version,
    foundState: order.state,
    refusal: report.refusal,
    taskId,
    now,
    recordedBy: staffIdOf(actor),
  });
  const left = report.outcome === "not-home" || report.outcome === "follow-up" ? report.outcome : "done";
  let version = order.version;
  if (order.state !== "on-site") {
    const counted = await countLateVisit(sql, order.id);
    const madeAt = report.madeAt < now ? report.madeAt : now;
    version = counted.version;
    await insertVisit(sql, {
      orderId: order.id,
      ordinal: counted.ordinal,
      crewId: order.crewId,
      arrivedAt: madeAt,
      leftAt: madeAt,
      outcome: left,
      note,
      recordedBy: staffIdOf(actor),
    });
  }
  context.audit({
    subject: `work-order:${order.id}`,
    details: { kept: report.outcome, state: order.state, refusal: report.refusal, task: taskId },
  });
  await tellCases(context, await findTicketIds(sql, [order.id]), {
    orderId: order.id,
    kind: "note",
    text: both(
      `${formatOrderNo(order.id)} 离线现场记录已保留${same ? "" : "，与系统记录不一致，已转人工核对"}${note === "" ? "" : `：${note}`}`,
      `${formatOrderNo(order.id)} report from the door kept${same ? "" : "; it differs from the record, somebody compares both"}${note === "" ? "" : `: ${note}`}`,
    ),
    details: { reported: report.outcome },
  });
  return { result: "kept", state: order.state, version, taskId: taskId === null ? null : String(taskId) };
};

/** What is no verdict on the visit: another order, or a request that is not to be taken at all. */
const isBesideTheVisit = (code: string): boolean =>
  code === "work-order.not-found" || code.startsWith("request.") || code === "forbidden";

/**
 * Writes a visit down, in one of two transactions: carried out, or kept with a task. Under its key it is written once, however often
 * the phone sends it. A busy moment is no verdict: it is thrown on, nothing is kept, and the phone sends it again.
 * @throws DomainError `work-order.not-found`: it lies in nobody's area of the caller any more; `database.busy`, `request.in-flight`
 */
export const reportVisit = async (
  platform: Platform,
  actor: Actor,
  report: VisitReport,
  more: { readonly requestId: string; readonly idempotency: Idempotency },
): Promise<ReportedVisit> => {
  const { requestId, idempotency } = more;
  const reportKey = `${idempotency.scope}:${idempotency.key}`.slice(-300);
  const keepIt = async (refusal: string) => {
    const kept = { ...idempotency, key: `${idempotency.key}:kept` };
    const { result } = await platform.commands.run(
      { name: "work-order.keep-report", actor, requestId, idempotency: kept },
      (context) => keep(context, { ...report, key: reportKey, refusal }),
    );
    return result;
  };
  try {
    const { result } = await platform.commands.run(
      { name: "work-order.report", actor, requestId, idempotency },
      async (context) => {
        const { state, version } = await carryOut(context, report);
        // Kept by a try whose answer was lost: it stays kept, also when the order would take it by now.
        if (await wasReportKept(context.sql, reportKey)) fail("version.stale", "this report was kept before");
        return { state, version };
      },
    );
    return { result: "done", ...result, code: null, message: null, taskId: null };
  } catch (error) {
    if (!(error instanceof DomainError) || isOfTheMoment(error) || isBesideTheVisit(error.code)) throw error;
    const { code, message } = error;
    return { ...(await keepIt(code)), code, message };
  }
};
