/**
 * One list of work for people. A task is raised by something (its source), belongs to a role or a person, and ends done
 * by a person or recalled by what raised it: open > done; open > recalled. Nothing reopens one.
 */
import { fail, must } from "#src/kernel/errors.ts";
import { type Role, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { canonicalJson } from "#src/platform/command.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import {
  closeOpen,
  completeOpen,
  giveOpen,
  insertTasks,
  lockVisible,
  recallOpen,
  type TaskRow,
  tasksBySource,
} from "./queries.ts";

export type NewTask = {
  /** `bank-break`: what sort of work. */
  readonly kind: string;
  /** What raised it (`bank-break:17`): the same kind and source is the same task. */
  readonly source: string;
  /** One sentence for the list: numbers and codes of things, never names, phones or addresses of people. */
  readonly title: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The facts of which it ends with one (`told`, `not-reached`); without any its words are enough. */
  readonly results?: readonly string[] | undefined;
  readonly accountId?: bigint | undefined;
  readonly areaId?: bigint | undefined;
  readonly ownerRole: Role;
  readonly ownerId?: bigint | undefined;
  readonly dueAt?: Date | undefined;
};

export type OpenedTask = {
  readonly id: bigint;
  /** False when this source had raised its task before, whatever became of it. */
  readonly opened: boolean;
};

const keyOf = (task: { readonly kind: string; readonly source: string }): string =>
  JSON.stringify([task.kind, task.source]);

/**
 * Opens tasks, any number in one statement, and answers them in order. Repeating is safe: a kind and source that were
 * seen before, open or closed, answer the first task and open nothing. One audit row for all that are new.
 */
export const openTasks = async (
  context: CommandContext,
  wanted: readonly NewTask[],
): Promise<OpenedTask[]> => {
  if (wanted.length === 0) return [];
  const rows = wanted.map((task, ordinal) => ({
    ...task,
    ordinal,
    details: task.details ?? {},
    results: task.results ?? [],
  }));
  const inserted = await insertTasks(context.sql, { tasks: canonicalJson(rows), now: context.now });
  const ids = new Map(inserted.map((row) => [keyOf(row), row.id]));
  const fresh = new Set(inserted.map((row) => row.id));
  const others = wanted.filter((task) => !ids.has(keyOf(task)));
  if (others.length > 0) {
    const found = await tasksBySource(context.sql, {
      kinds: others.map((task) => task.kind),
      sources: others.map((task) => task.source),
    });
    for (const row of found) ids.set(keyOf(row), row.id);
  }
  const [first] = inserted;
  if (first !== undefined) {
    context.audit({
      subject: `task:${first.id}`,
      details: { opened: inserted.length, kinds: [...new Set(inserted.map((row) => row.kind))] },
    });
  }
  return wanted.map((task) => {
    const id = must(ids.get(keyOf(task)), "the task of this source");
    // Of two equal ones in one call the first opened it.
    return { id, opened: fresh.delete(id) };
  });
};

/** Opens one task; see `openTasks`. */
export const openTask = async (context: CommandContext, wanted: NewTask): Promise<OpenedTask> =>
  must((await openTasks(context, [wanted]))[0], "the task");

/**
 * Takes a task back because its reason is gone. Repeating is safe; false when there is no open one.
 * @param outcome why, for the list; no personal data
 */
export const recallTask = async (
  context: CommandContext,
  kind: string,
  source: string,
  outcome: string,
): Promise<boolean> => {
  const recalled = await recallOpen(context.sql, {
    kind,
    source,
    outcome,
    now: context.now,
    closedBy: staffIdOf(context.actor),
  });
  if (recalled !== null) context.audit({ subject: `task:${recalled.id}`, details: { kind, recalled: true } });
  return recalled !== null;
};

/**
 * Marks a task done because its work was done elsewhere (an order, a call), whoever owned it: the command that says so has
 * asked who may. Repeating is safe; false when it is not open any more, or has to end with a fact (`results`).
 * @param outcome what was done, for the list; no personal data
 */
export const completeTask = async (
  context: CommandContext,
  id: bigint,
  outcome: string,
): Promise<boolean> => {
  const closedBy = staffIdOf(context.actor);
  const done = await completeOpen(context.sql, { id, outcome, now: context.now, closedBy });
  if (done !== null) context.audit({ subject: `task:${id}`, details: { kind: done.kind, done: true } });
  return done !== null;
};

const requireResult = (results: readonly string[], result: string | null): void => {
  if (results.length === 0 ? result === null : result !== null && results.includes(result)) return;
  fail(
    "task.result-needed",
    results.length === 0 ? "this task ends with words alone" : "say what came of it",
    {
      field: "result",
      remedy: results.length === 0 ? "leave the result out" : `give one of ${results.join(", ")}`,
      facts: { results: [...results] },
    },
  );
};

/**
 * Locks an open task that the actor may deal with: its owner, one of the owning role or a supervisor. What lies outside the
 * actor's scope does not exist.
 */
const lockOwn = async (context: CommandContext, id: bigint, version: number): Promise<TaskRow> => {
  const { actor, sql } = context;
  const staffId = staffIdOf(actor);
  const task = await lockVisible(sql, { id, staffId, ...scopeBindings(actor.scope, context.today) });
  if (task === null) return fail("task.not-found", "there is no such task");
  if (task.state !== "open")
    fail("task.closed", `this task is ${task.state}`, { facts: { state: task.state } });
  if (task.version !== version) {
    fail("version.stale", "somebody else changed this task meanwhile", {
      remedy: "read it again and decide anew",
      facts: { version: task.version },
    });
  }
  const isMine = staffId !== null && task.ownerId === staffId;
  const isOurs = actor.roles.some((role) => role === task.ownerRole || role === "supervisor");
  if (!isMine && !isOurs) {
    fail("task.not-yours", "this task belongs to another role", { facts: { ownerRole: task.ownerRole } });
  }
  return task;
};

/**
 * Somebody takes a task on himself, also from a colleague who has it and is not there: all of the role see whose it is.
 * @throws DomainError `task.not-found`, `task.closed`, `version.stale`, `task.not-yours`
 */
export const takeTask = async (context: CommandContext, id: bigint, version: number): Promise<void> => {
  const task = await lockOwn(context, id, version);
  const ownerId = staffIdOf(context.actor);
  if (ownerId === null) return fail("task.not-yours", "a task is taken by a person");
  await giveOpen(context.sql, { id, version, ownerId });
  context.audit({
    subject: `task:${id}`,
    details: { kind: task.kind, ...(task.ownerLogin !== null && { before: task.ownerLogin }) },
  });
};

/**
 * Marks a task done. Only its owner, the owning role or a supervisor may; what lies outside the actor's scope does not
 * exist. Locks the task.
 * @param result the fact that it ends with, of a task that has such
 * @throws DomainError `task.not-found`, `task.closed`, `version.stale`, `task.not-yours`, `task.result-needed`
 */
export const closeTask = async (
  context: CommandContext,
  id: bigint,
  version: number,
  outcome: string,
  result: string | null = null,
): Promise<void> => {
  const task = await lockOwn(context, id, version);
  requireResult(task.results, result);
  const closedBy = staffIdOf(context.actor);
  await closeOpen(context.sql, { id, version, outcome, result, now: context.now, closedBy });
  context.audit({
    subject: `task:${id}`,
    details: { kind: task.kind, done: true, ...(result !== null && { result }) },
  });
};
