/**
 * Money that arrived and cannot be posted (到账后无法入账): paid at a wallet or a till's terminal, for a home that was closed meanwhile, or
 * where nobody knows what became of it. It is held, once, and finance has a task; whoever asks again finds it held. What can
 * be posted a minute later is not held: it is tried again.
 */
import { DomainError } from "#src/kernel/errors.ts";
import { openTask } from "#src/office/tasks/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";

/** Whether posting was refused for good. A busy moment, what was settled already, and what is no refusal at all are thrown on. */
export const isRefusedForGood = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.code !== "terminal.settled" && !isOfTheMoment(error);

export type HeldMoney = {
  readonly kind: "wallet-held" | "terminal-held";
  /** What the outside machine knows the money by: the same one raises the same task once. */
  readonly source: string;
  /** Chinese first; numbers of things, never of people. */
  readonly title: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly accountId?: bigint | undefined;
};

/** A person of finance looks. Within the command that holds the money, so that both are there or neither. */
export const askFinance = async (context: CommandContext, held: HeldMoney): Promise<void> => {
  await openTask(context, { ...held, ownerRole: "finance" });
};
