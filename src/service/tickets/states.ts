/**
 * The life of a case: one table of transitions. What it does not list is refused; there is no other rule.
 *
 * new (新建) nobody has it; assigned (已派) somebody has it on the list; accepted (已受理); working (处理中); waiting (挂起) the clocks
 * stand for a reason; resolved (已处理) done, not yet closed; closed (办结); cancelled (作废) opened by mistake; merged (并入).
 */
import { fail } from "#src/kernel/errors.ts";

export const TICKET_STATES = [
  "new",
  "assigned",
  "accepted",
  "working",
  "waiting",
  "resolved",
  "closed",
  "cancelled",
  "merged",
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** States in which something is still to be done. */
export const OPEN_STATES = ["new", "assigned", "accepted", "working", "waiting", "resolved"] as const;

export const TICKET_COMMANDS = [
  "assign",
  "accept",
  "start",
  "wait",
  "resume",
  "resolve",
  "close",
  "reopen",
  "return",
  "cancel",
  "merge",
  "unmerge",
] as const;
export type TicketCommand = (typeof TICKET_COMMANDS)[number];

/** Commands that a person gives; the others come with their own doors (`setOwner`, `mergeTicket`, `unmergeTicket`). */
export const PERSON_COMMANDS = [
  "accept",
  "start",
  "wait",
  "resume",
  "resolve",
  "close",
  "reopen",
  "return",
  "cancel",
] as const satisfies readonly TicketCommand[];
export type PersonCommand = (typeof PERSON_COMMANDS)[number];

/** What must hold besides the pair; see `guards.ts`. */
export type TicketGuard =
  | "none"
  /** Of whoever has it; another person says why. */
  | "own-hand"
  | "reason"
  /** Nothing of others hangs on it, and a reason in words. */
  | "nobody-left"
  | "evidence"
  | "reopen-window"
  | "merge-target"
  | "merge-standing";

export type TicketEvent =
  | "ticket.assigned"
  | "ticket.returned"
  | "ticket.reopened"
  | "ticket.merged"
  | "ticket.unmerged"
  | "ticket.cancelled";

export type TicketTransition = {
  readonly from: TicketState;
  readonly command: TicketCommand;
  /** `before`: the state that the merge interrupted. */
  readonly to: TicketState | "before";
  readonly guard: TicketGuard;
  /** Besides `ticket.state-changed`, which every change of state announces. */
  readonly event: TicketEvent | null;
};

const when = (
  from: readonly TicketState[],
  command: TicketCommand,
  to: TicketTransition["to"],
  guard: TicketGuard = "none",
  event: TicketEvent | null = null,
): TicketTransition[] => from.map((state) => ({ from: state, command, to, guard, event }));

export const TICKET_TRANSITIONS: readonly TicketTransition[] = [
  ...when(["new", "assigned", "accepted", "working"], "assign", "assigned", "none", "ticket.assigned"),
  // Who takes over a case that waits, or one that is to be closed, takes it as it is.
  ...when(["waiting"], "assign", "waiting", "none", "ticket.assigned"),
  ...when(["resolved"], "assign", "resolved", "none", "ticket.assigned"),
  ...when(["new", "assigned"], "accept", "accepted", "own-hand"),
  ...when(["new", "assigned", "accepted"], "start", "working", "own-hand"),
  ...when(["assigned", "accepted", "working"], "wait", "waiting", "reason"),
  ...when(["waiting"], "resume", "working"),
  ...when(["accepted", "working", "waiting"], "resolve", "resolved", "reason"),
  ...when(["accepted", "working", "resolved"], "close", "closed", "evidence"),
  ...when(["resolved", "closed"], "reopen", "new", "reopen-window", "ticket.reopened"),
  ...when(["assigned", "accepted", "working"], "return", "new", "reason", "ticket.returned"),
  ...when(
    ["new", "assigned", "accepted", "working", "waiting"],
    "cancel",
    "cancelled",
    "nobody-left",
    "ticket.cancelled",
  ),
  ...when([...OPEN_STATES], "merge", "merged", "merge-target", "ticket.merged"),
  ...when(["merged"], "unmerge", "before", "merge-standing", "ticket.unmerged"),
];

const byPair = new Map(TICKET_TRANSITIONS.map((row) => [`${row.from} ${row.command}`, row]));

export const findTransition = (from: string, command: string): TicketTransition | undefined =>
  byPair.get(`${from} ${command}`);

/** The commands that a state takes. */
export const commandsFrom = (from: TicketState): TicketCommand[] =>
  TICKET_TRANSITIONS.filter((row) => row.from === from).map((row) => row.command);

/**
 * The transition of a pair.
 * @throws DomainError `ticket.refused` for every pair that is not in the table; it names the commands that are
 */
export const requireTransition = (from: TicketState, command: TicketCommand): TicketTransition => {
  const found = findTransition(from, command);
  if (found !== undefined) return found;
  const allowed = commandsFrom(from);
  return fail("ticket.refused", `a case in state ${from} does not take the command ${command}`, {
    field: "command",
    remedy:
      allowed.length === 0 ? "this state is final" : `from ${from} these are possible: ${allowed.join(", ")}`,
    facts: { from, command, allowed },
  });
};
