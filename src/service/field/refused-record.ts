/**
 * What a phone wrote down and no command takes any more (未被接收的现场记录): the case is closed, the paper of the stairwell was
 * withdrawn, the door belongs to another area. The words are not left on one phone alone: they become a task of whoever wrote them.
 */
import { openTask } from "#src/office/tasks/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";

export const RECORD_KINDS = ["tap", "visit", "entry", "fields", "case", "photo", "task"] as const;
const TASK_REFUSED_RECORD = "field-refused";

export type RefusedRecord = {
  /** Under which the phone sent it. */
  readonly key: string;
  readonly kind: (typeof RECORD_KINDS)[number];
  /** `order:12:3`, `ticket:10020X`. */
  readonly about: string;
  /** What was written down, for people. */
  readonly said: string;
  /** Why it was refused. */
  readonly code: string;
  readonly madeAt: Date;
};

/** Keeps it, once under its key. Repeating is safe. */
export const keepRefusedRecord = async (context: CommandContext, record: RefusedRecord): Promise<bigint> => {
  const { key, kind, about, said, code, madeAt } = record;
  const staffId = staffIdOf(context.actor);
  const { id } = await openTask(context, {
    kind: TASK_REFUSED_RECORD,
    source: `field-refused:${staffId ?? context.actor.name}:${key}`,
    title: "手机上的现场记录未被接收，请核对 Refused record from the door: see what becomes of it",
    details: { kind, about, said, refusal: code, madeAt },
    ownerRole: "area-manager",
    ownerId: staffId ?? undefined,
    dueAt: context.now,
  });
  return id;
};
