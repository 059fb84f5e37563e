/** Fields of a case that were changed without signal (离线修改): each is set where it still is what was read, and nothing is overwritten unseen. */
import { both } from "#src/kernel/words.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { openAreaTask } from "#src/town/grid/index.ts";
import { correctTicket } from "./correct-ticket.ts";
import { addEntry } from "./entries.ts";
import { beginTicketChange } from "./run-command.ts";
import { SEVERITIES, type Severity, type Ticket } from "./schema.ts";

export const COMPARED_FIELDS = ["summary", "addressText", "severity"] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

export type ComparedChange = {
  readonly field: ComparedField;
  /** As it was read; null for what was empty. */
  readonly was: string | null;
  readonly now: string;
};
export type ComparedResult = { readonly field: ComparedField; readonly result: "set" | "same" | "conflict" };

const TASK_KIND = "ticket-compare";
const LABELS: Readonly<Record<ComparedField, { readonly zh: string; readonly en: string }>> = {
  summary: { zh: "内容", en: "summary" },
  addressText: { zh: "地址", en: "address" },
  severity: { zh: "紧急程度", en: "severity" },
};

const isOver = (ticket: Ticket): boolean => ["closed", "cancelled", "merged"].includes(ticket.state);

const verdictOf = (ticket: Ticket, change: ComparedChange): ComparedResult["result"] => {
  const current = ticket[change.field];
  if (current === change.now) return "same";
  if (isOver(ticket) || (current ?? "") !== (change.was ?? "")) return "conflict";
  // What is no value of the field conflicts with every one.
  if (change.field === "severity" && !(SEVERITIES as readonly string[]).includes(change.now))
    return "conflict";
  return change.now === "" ? "conflict" : "set";
};

/** Both values stand in the timeline, and whoever looks after the place is asked which holds. */
const keepBoth = async (
  context: CommandContext,
  ticket: Ticket,
  changes: readonly ComparedChange[],
  madeAt: string,
): Promise<bigint> => {
  const line = (language: "zh" | "en"): string =>
    changes.map(({ field, now }) => `${LABELS[field][language]} → ${now}`).join("; ");
  const entryId = await addEntry(context, ticket.id, {
    kind: "note",
    text: both(
      `离线修改与系统记录不一致，未覆盖：${line("zh")}`,
      `Changed without signal, kept beside the record and not put over it: ${line("en")}`,
    ),
    details: { fields: changes.map(({ field }) => field), madeAt },
  });
  const { id } = await openAreaTask(context, ticket.buildingId, {
    kind: TASK_KIND,
    source: `ticket-entry:${entryId}`,
    title: `工单 ${ticket.ticketNo} 的离线修改与系统记录不一致，请核对 Compare what was changed without signal with the record`,
    details: { ticketNo: ticket.ticketNo, fields: changes.map(({ field }) => field), madeAt },
    accountId: ticket.accountId ?? undefined,
    dueAt: context.now,
  });
  return id;
};

/**
 * Sets each field that still is what was read; keeps both values of each that is not, with one task for all of them. Repeating finds
 * the fields set. Locks the case.
 * @throws DomainError `ticket.not-found`
 */
export const compareAndSet = async (
  context: CommandContext,
  { id }: Ticket,
  wanted: { readonly madeAt: string; readonly changes: readonly ComparedChange[] },
): Promise<{
  readonly version: number;
  readonly fields: ComparedResult[];
  readonly taskId: string | null;
}> => {
  const ticket = await beginTicketChange(context, id, undefined);
  const judged = wanted.changes.map((change) => ({ change, result: verdictOf(ticket, change) }));
  const sets = judged.filter(({ result }) => result === "set").map(({ change }) => change);
  const conflicts = judged.filter(({ result }) => result === "conflict").map(({ change }) => change);
  const valueOf = (field: ComparedField): string | undefined =>
    sets.find((change) => change.field === field)?.now;
  const version =
    sets.length === 0
      ? ticket.version
      : await correctTicket(
          context,
          id,
          {
            summary: valueOf("summary"),
            addressText: valueOf("addressText"),
            severity: valueOf("severity") as Severity | undefined,
          },
          undefined,
        );
  const taskId =
    conflicts.length === 0 ? null : String(await keepBoth(context, ticket, conflicts, wanted.madeAt));
  const fields = judged.map(({ change, result }) => ({ field: change.field, result }));
  context.audit({ subject: `ticket:${id}`, details: { compared: fields, task: taskId } });
  return { version, fields, taskId };
};
