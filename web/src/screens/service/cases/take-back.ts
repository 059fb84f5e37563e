/** What was done softly to a case, taken back: by the command that stands against it, on the case as it is then. */
import { call } from "#web/api/client.ts";
import { ticketWords } from "../words-ticket.ts";
import { type Command, emptyCommand, runCommand } from "./commands.ts";
import { forgetTicket, type Ticket } from "./use-ticket.ts";

const SOFT = ["wait", "correct", "merge"] as const;
export type Soft = (typeof SOFT)[number];
export const softOf = (command: Command): Soft | undefined => SOFT.find((one) => one === command);

/** `before` is the case as it was when the command was given. */
export const takeBack = async (soft: Soft, before: Ticket): Promise<void> => {
  const { data: now } = await call.GET("/tickets/{ticketNo}", {
    params: { path: { ticketNo: before.ticketNo } },
  });
  if (now === undefined) return;
  const { category, severity, summary } = before;
  await {
    wait: () => runCommand("resume", now, emptyCommand(now)),
    merge: () => runCommand("unmerge", now, { ...emptyCommand(now), text: ticketWords.say("undone.merge") }),
    correct: () => runCommand("correct", now, { ...emptyCommand(now), category, severity, summary }),
  }[soft]();
  await forgetTicket();
};
