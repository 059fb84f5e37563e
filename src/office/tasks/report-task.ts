/**
 * A task that was finished on a phone, maybe without signal, and arrives later. What fits is done as if it came at once; what does
 * not fit any more is kept beside what the list says, in a task of its own for whoever compares both. Nothing that was said is lost.
 */
import { DomainError, fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext, Idempotency } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { lockVisible, type TaskState } from "./queries.ts";
import { closeTask, openTask } from "./service.ts";

const TASK_COMPARE_KIND = "task-compare";

export type TaskReport = {
  readonly id: bigint;
  /** As the phone had read it. */
  readonly version: number;
  readonly outcome: string;
  readonly result: string | null;
  readonly madeAt: Date;
};

export type ReportedTask = {
  /** `kept`: the list said something else by then; both stand. */
  readonly result: "done" | "kept";
  readonly state: TaskState;
  readonly code: string | null;
  /** For whoever compares; null where both say the same. */
  readonly taskId: string | null;
};

const keep = async (
  context: CommandContext,
  report: TaskReport & { readonly key: string; readonly refusal: string },
): Promise<Pick<ReportedTask, "state" | "taskId">> => {
  const { id, outcome, result, madeAt, key, refusal } = report;
  const reach = { staffId: staffIdOf(context.actor), ...scopeBindings(context.actor.scope, context.today) };
  const task = await lockVisible(context.sql, { ...reach, id });
  if (task === null) return fail("task.not-found", "there is no such task");
  const isSame = task.state === "done" && task.outcome === outcome && task.result === result;
  if (isSame) return { state: task.state, taskId: null };
  const opened = await openTask(context, {
    kind: TASK_COMPARE_KIND,
    source: `task-report:${key}`,
    title: `待办 ${id} 的离线办结与系统记录不一致，请核对 Compare what was reported about task ${id} with the record`,
    details: {
      taskId: String(id),
      kind: task.kind,
      reported: outcome,
      ...(result !== null && { result }),
      madeAt,
      recorded: { state: task.state, outcome: task.outcome, result: task.result },
      refusal,
    },
    areaId: task.areaId ?? undefined,
    ownerRole: "area-manager",
    ownerId: staffIdOf(context.actor) ?? undefined,
    dueAt: context.now,
  });
  context.audit({ subject: `task:${id}`, details: { kept: refusal, state: task.state, task: opened.id } });
  return { state: task.state, taskId: String(opened.id) };
};

const KEPT: readonly string[] = ["task.closed", "version.stale", "task.not-yours", "task.result-needed"];

/**
 * Finishes a task, in one of two transactions: done, or kept beside the record. Under its key it is done once, however often the
 * phone sends it.
 * @throws DomainError `task.not-found`: it lies in nobody's reach of the caller any more
 */
export const reportTask = async (
  platform: Platform,
  actor: Actor,
  report: TaskReport,
  more: { readonly requestId: string; readonly idempotency: Idempotency },
): Promise<ReportedTask> => {
  const { requestId, idempotency } = more;
  const { id, version, outcome, result } = report;
  try {
    await platform.commands.run({ name: "task.report", actor, requestId, idempotency }, async (context) => {
      await closeTask(context, id, version, outcome, result);
      return { id: String(id) };
    });
    return { result: "done", state: "done", code: null, taskId: null };
  } catch (error) {
    if (!(error instanceof DomainError) || !KEPT.includes(error.code)) throw error;
    const { code } = error;
    const kept = { ...idempotency, key: `${idempotency.key}:kept` };
    const { result: answer } = await platform.commands.run(
      { name: "task.keep-report", actor, requestId, idempotency: kept },
      (context) => {
        const key = `${idempotency.scope}:${idempotency.key}`.slice(-200);
        return keep(context, { ...report, key, refusal: code });
      },
    );
    return { result: "kept", ...answer, code };
  }
};
