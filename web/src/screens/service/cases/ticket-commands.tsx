/** The buttons of what the state of the case takes, each with its key. */
import { useMutation } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import { openDocument } from "#web/api/documents.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useIsPhone } from "#web/furniture/use-is-phone.ts";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useMay } from "#web/api/session.ts";
import { ticketWords } from "../words-ticket.ts";
import styles from "./cases.module.css";
import { type Command, commandsFor, emptyCommand, isAsked, KEYS, runCommand } from "./commands.ts";
import { CommandDialog } from "./command-dialog.tsx";
import { forgetTicket, type Ticket } from "./use-ticket.ts";

const Key = ({ command, go }: { command: Command; go: (command: Command) => void }) => {
  const t = ticketWords.useWords();
  useShortcut(KEYS[command] ?? "F24", t(command), () => go(command), KEYS[command] !== undefined);
  return null;
};

/** What is done many times a day stands as a button, the rest in a menu. */
const SELDOM: ReadonlySet<Command> = new Set(["link", "merge", "escalate", "ruling", "cancel", "unmerge"]);

export const TicketCommands = ({ ticket }: { ticket: Ticket }) => {
  const t = ticketWords.useWords();
  const may = useMay();
  // A hand has no keys.
  const isPhone = useIsPhone();
  const [asked, setAsked] = useState<Command>();
  const send = useMutation({
    mutationFn: (command: Command) => runCommand(command, ticket, emptyCommand(ticket)),
    onSettled: () => forgetTicket(),
  });
  const commands = commandsFor(ticket, may);
  const go = (command: Command): void => {
    if (isAsked(command, ticket)) setAsked(command);
    else if (!send.isPending) send.mutate(command);
  };
  const rare = commands.filter((command) => SELDOM.has(command));
  // A menu of one thing hides it for nothing.
  const seldom = rare.length > 1 ? rare : [];
  const often = commands.filter((command) => !seldom.includes(command));
  const print = (): void => openDocument(`/tickets/${ticket.ticketNo}/print`);
  useShortcut("p", t("print"), print);
  return (
    <>
      {often.map((command, index) => (
        <Button
          key={command}
          type={index === 0 ? "primary" : "default"}
          loading={send.isPending && send.variables === command}
          onClick={() => go(command)}
        >
          {t(command)}
          {KEYS[command] === undefined || isPhone ? "" : ` (${KEYS[command]})`}
        </Button>
      ))}
      {seldom.length === 0 ? null : (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: seldom.map((command) => ({
              key: command,
              label: t(command),
              danger: command === "cancel",
              onClick: () => setAsked(command),
            })),
          }}
        >
          <Button aria-haspopup="menu" aria-label={seldom.map((command) => t(command)).join(", ")}>
            …
          </Button>
        </Dropdown>
      )}
      <Button onClick={print}>{isPhone ? t("print") : `${t("print")} (p)`}</Button>
      {commands.map((command) => (
        <Key key={command} command={command} go={go} />
      ))}
      {asked === undefined ? null : (
        <CommandDialog key={asked} ticket={ticket} command={asked} close={() => setAsked(undefined)} />
      )}
      {send.error === null ? null : (
        <div className={styles["wide"]}>
          <Problem error={send.error} />
        </div>
      )}
    </>
  );
};
