/** What people are asked to do about a difference: one task per break, named after it. */
import type { Day } from "#src/kernel/day.ts";
import { formatYuan, fen } from "#src/kernel/money.ts";
import { type Role, ROLES } from "#src/platform/actor.ts";
import type { NewTask } from "#src/office/tasks/index.ts";

export const BREAK_TASK = "bank-break";
export const LATE_FILE_TASK = "bank-file-late";

const WORDS: Readonly<Record<string, string>> = {
  "bank-only": "长款：银行有、我方无",
  "ours-only": "短款：我方有、银行无",
  amount: "金额不符",
  duplicate: "流水号重复而内容不同",
  "unknown-account": "户号不明，款项待核销",
  "day-cut": "跨日切",
  state: "状态不符",
};

/** Whose tasks a channel raises, as its row says. */
export const ownerRoleOf = (name: string): Role => ROLES.find((role) => role === name) ?? "finance";

export const breakTaskSource = (breakId: bigint): string => `bank-break:${breakId}`;

export const breakTask = (one: {
  readonly breakId: bigint;
  readonly class: string;
  readonly channel: string;
  readonly bankDay: Day;
  readonly amountFen: bigint;
  readonly ownerRole: Role;
  readonly ownerId: bigint | null;
  readonly details: Readonly<Record<string, unknown>>;
}): NewTask => ({
  kind: BREAK_TASK,
  source: breakTaskSource(one.breakId),
  title: `${WORDS[one.class] ?? one.class} · ${one.channel} ${one.bankDay} · ${formatYuan(fen(one.amountFen))} 元`,
  details: { breakId: String(one.breakId), class: one.class, ...one.details },
  ownerRole: one.ownerRole,
  ...(one.ownerId !== null && { ownerId: one.ownerId }),
});
