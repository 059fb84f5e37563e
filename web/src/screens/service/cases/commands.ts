/** What can be done to a case, with what each asks for, and the route that does it. */
import { call } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { seen, type Ticket } from "./use-ticket.ts";

export const COMMANDS = [
  "accept",
  "start",
  "wait",
  "resume",
  "resolve",
  "close",
  "reopen",
  "return",
  "escalate",
  "ruling",
  "merge",
  "unmerge",
  "link",
  "correct",
  "cancel",
] as const;
export type Command = (typeof COMMANDS)[number];

const AT_ONCE: ReadonlySet<Command> = new Set(["accept", "start", "resume"]);
const BEGINNING: ReadonlySet<Command> = new Set(["accept", "start"]);

/** Whether it asks before it is done: what another person has is begun for a reason. */
export const isAsked = (command: Command, ticket: Ticket): boolean =>
  !AT_ONCE.has(command) || (BEGINNING.has(command) && ticket.anothers);
export const KEYS: Partial<Record<Command, string>> = {
  accept: "a",
  start: "s",
  wait: "w",
  resume: "u",
  resolve: "r",
  close: "c",
  return: "b",
};

export type CommandDraft = {
  readonly text: string;
  readonly pauseReason: string | null;
  readonly returnReason: string | null;
  readonly closingClass: Body<"post", "/tickets/{ticketNo}/close">["closingClass"] | null;
  readonly other: string;
  readonly linkKind: Body<"post", "/tickets/{ticketNo}/links">["kind"];
  readonly role: string | null;
  readonly level: Body<"post", "/tickets/{ticketNo}/ruling">["level"];
  readonly precedent: Body<"post", "/tickets/{ticketNo}/ruling">["precedent"];
  readonly category: string | null;
  readonly severity: Ticket["severity"] | null;
  readonly summary: string;
  /** As they were when the correction was begun: what was not touched is not sent. */
  readonly read: Corrected;
};
type Corrected = Pick<Ticket, "category" | "severity" | "summary">;
const correctedOf = ({ category, severity, summary }: Ticket): Corrected => ({ category, severity, summary });

export const emptyCommand = (ticket: Ticket): CommandDraft => ({
  text: "",
  pauseReason: null,
  returnReason: null,
  closingClass: null,
  other: "",
  linkKind: "related",
  role: null,
  level: "area",
  precedent: null,
  category: ticket.category,
  severity: ticket.severity,
  summary: ticket.summary,
  read: correctedOf(ticket),
});

const CORRECTED = ["category", "severity", "summary"] as const;
/** What the person changed in a correction, of whatever age. */
export const correctionOf = ({ category, severity, summary, read }: CommandDraft): Partial<Corrected> => ({
  ...(category === null || category === read.category ? {} : { category }),
  ...(severity === null || severity === read.severity ? {} : { severity }),
  ...(summary.trim() === read.summary ? {} : { summary: summary.trim() }),
});
/** What somebody else changed since the correction was begun, that this person changed too. */
export const overtakenIn = (draft: CommandDraft, ticket: Ticket): (keyof Corrected)[] =>
  CORRECTED.filter((name) => correctionOf(draft)[name] !== undefined && draft.read[name] !== ticket[name]);

/** Why it cannot be sent yet: what is still to be filled in. */
export const lacks = (command: Command, draft: CommandDraft): boolean => {
  const text = draft.text.trim() !== "";
  switch (command) {
    case "wait":
      return draft.pauseReason === null || !text;
    case "close":
      return draft.closingClass === null || (draft.closingClass === "explained" && !text);
    case "return":
      return draft.returnReason === null;
    case "merge":
      return draft.other.trim() === "" || !text;
    case "link":
      return draft.other.trim() === "";
    case "ruling":
      return draft.role === null || !text;
    case "accept":
    case "start":
    case "resolve":
    case "cancel":
    case "escalate":
    case "unmerge":
      return !text;
    case "correct":
      // A case that was opened without words may stay without.
      return draft.summary.trim() === "" && draft.read.summary !== "";
    default:
      return false;
  }
};

const send = (command: Command, ticket: Ticket, draft: CommandDraft): Promise<unknown> => {
  const path = { ticketNo: ticket.ticketNo };
  const params = { path, header: seen(ticket.version) };
  const text = draft.text.trim();
  const said = text === "" ? {} : { text };
  switch (command) {
    case "close":
      return call.POST("/tickets/{ticketNo}/close", {
        params,
        body: { closingClass: draft.closingClass ?? "solved", ...said },
      });
    case "cancel":
      return call.POST("/tickets/{ticketNo}/cancel", { params, body: { text } });
    case "return":
      return call.POST("/tickets/{ticketNo}/return", {
        params,
        body: { reason: draft.returnReason ?? "", words: text },
      });
    case "escalate":
      return call.POST("/tickets/{ticketNo}/escalate", { params, body: { words: text } });
    case "ruling":
      return call.POST("/tickets/{ticketNo}/ruling", {
        params,
        body: { role: draft.role ?? "", level: draft.level, words: text, precedent: draft.precedent },
      });
    case "merge":
      return call.POST("/tickets/{ticketNo}/merge", {
        params,
        body: { into: draft.other.trim(), reason: text },
      });
    case "unmerge":
      return call.POST("/tickets/{ticketNo}/unmerge", { params, body: { reason: text } });
    case "link":
      return call.POST("/tickets/{ticketNo}/links", {
        params: { path },
        body: { other: draft.other.trim(), kind: draft.linkKind, ...said },
      });
    case "correct":
      return call.PATCH("/tickets/{ticketNo}", {
        params,
        body: correctionOf(draft),
      });
    default:
      return call.POST("/tickets/{ticketNo}/commands", {
        params,
        body: {
          command,
          ...said,
          ...(command === "wait" && draft.pauseReason !== null ? { pauseReason: draft.pauseReason } : {}),
        },
      });
  }
};
export const runCommand = send;

/** The permission beside the state. */
const PERMISSIONS: Partial<Record<Command, string>> = {
  close: "ticket.close",
  cancel: "ticket.close",
  ruling: "routing.rule",
};

const OPEN = new Set(["new", "assigned", "accepted", "working", "waiting"]);

/** What this login may do to the case in its state. */
export const commandsFor = (ticket: Ticket, may: (permission: string) => boolean): Command[] =>
  COMMANDS.filter((command) => {
    if (!may(PERMISSIONS[command] ?? "ticket.write")) return false;
    if (command === "link") return true;
    if (command === "correct" || command === "escalate" || command === "ruling")
      return OPEN.has(ticket.state);
    return ticket.commands.includes(command);
  });
