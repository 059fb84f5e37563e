/** One case on one page: what it is, what can be done, what happened, why it lies here, and what it is tied to. */
import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useRef, useState } from "react";
import { upload } from "#web/api/documents.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { MaskedCaller } from "#web/furniture/masked.tsx";
import { Mark } from "#web/furniture/mark.tsx";
import { neutralName } from "#web/furniture/neutral-name.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useNow } from "#web/furniture/use-now.ts";
import { whoText } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { saidIn } from "#web/words/said-in.ts";
import { caseWords } from "../words-case.ts";
import { ticketWords } from "../words-ticket.ts";
import styles from "./cases.module.css";
import { useCategories } from "./categories.ts";
import { fieldName } from "./case-fields.tsx";
import { RouteExplained } from "./route-explained.tsx";
import { Related, TicketOrders } from "./ticket-ties.tsx";
import { TicketCommands } from "./ticket-commands.tsx";
import { Timeline } from "./timeline.tsx";
import { forgetTicket, type Ticket, useTicket } from "./use-ticket.ts";

const Clocks = ({ clocks }: { clocks: Ticket["clocks"] }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const now = useNow(30_000);
  if (clocks.length === 0) return null;
  return (
    <section className={styles["panel"]} aria-label={t("clocks")}>
      <h2>{t("clocks")}</h2>
      <ul className={styles["lines"]}>
        {clocks.map((clock) => {
          const isRunning = clock.state === "running";
          const isLate = clock.met === false || (isRunning && Date.parse(clock.dueAt) < now);
          return (
            <li key={clock.kind + clock.subject}>
              <span className={styles["what"]}>{word("clock", clock.kind)}</span>
              <span>{t("dueAt", { at: dateTime(clock.dueAt).slice(5) })}</span>
              <span className={isLate ? styles["overdue"] : styles["quiet"]}>
                {isRunning
                  ? remaining(clock.dueAt, now)
                  : clock.met === null
                    ? word("clock-state", clock.state)
                    : t(clock.met ? "clockMet" : "clockLate")}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
};

const Caller = ({ ticket }: { ticket: Ticket }) => (
  <MaskedCaller
    ticketNo={ticket.ticketNo}
    shown={`${ticket.callerName ?? ""} ${ticket.callerNumber ?? ""}`}
  />
);

const valueText = (value: unknown, yes: string, no: string): string =>
  typeof value === "boolean" ? (value ? yes : no) : String(value);

const WhatItIs = ({ ticket }: { ticket: Ticket }) => {
  const t = ticketWords.useWords();
  const c = caseWords.useWords();
  const word = useCodes();
  const { find } = useCategories();
  const fields = find(ticket.category)?.fields ?? [];
  const nameOf = (name: string): string => {
    const field = fields.find((one) => one.name === name);
    return field === undefined ? name : fieldName(field);
  };
  return (
    <section className={styles["panel"]}>
      <p className={styles["said"]}>{saidIn(ticket)}</p>
      {ticket.missingFields.length === 0 ? null : (
        <p className={styles["soon"]}>
          {t("missing", { names: ticket.missingFields.map(nameOf).join(", ") })}
        </p>
      )}
      {ticket.categoryGuessed ? <p className={styles["soon"]}>{t("guessed")}</p> : null}
      <Facts
        rows={[
          [
            t("household"),
            ticket.accountNo === null ? null : (
              <Link to="/households/$accountNo" params={{ accountNo: ticket.accountNo }}>
                {ticket.accountNo}
              </Link>
            ),
          ],
          [t("address"), ticket.address ?? ticket.building],
          [
            t("caller"),
            ticket.callerName === null && ticket.callerNumber === null ? null : (
              <Caller key="caller" ticket={ticket} />
            ),
          ],
          [t("channel"), `${word("channel", ticket.channel)} · ${word("source", ticket.source)}`],
          [
            t("owner"),
            [
              whoText(ticket.owner, ticket.ownerName),
              word("role", ticket.ownerRole),
              ticket.ownerArea,
              word("level", ticket.ownerLevel),
            ]
              .filter((part) => part !== null && part !== "")
              .join(" · "),
          ],
          [t("opened"), dateTime(ticket.openedAt)],
          [
            t("closed"),
            ticket.closedAt === null
              ? null
              : `${dateTime(ticket.closedAt)} ${word("closing", ticket.closingClass)}`,
          ],
          ...Object.entries(ticket.fields).map(
            ([name, value]) => [nameOf(name), valueText(value, c("yes"), c("no"))] as const,
          ),
        ]}
      />
    </section>
  );
};

const Attach = ({ ticketNo }: { ticketNo: string }) => {
  const t = ticketWords.useWords();
  const input = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<{ readonly isSending: boolean; readonly error: unknown }>({
    isSending: false,
    error: null,
  });
  const send = async (file: File): Promise<void> => {
    setState({ isSending: true, error: null });
    try {
      await upload(
        `/tickets/${ticketNo}/attachments?fileName=${encodeURIComponent(neutralName(file))}`,
        file,
      );
      await forgetTicket();
      setState({ isSending: false, error: null });
    } catch (error) {
      setState({ isSending: false, error });
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("attach")}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file !== undefined) void send(file);
        }}
      />
      <Button loading={state.isSending} onClick={() => input.current?.click()}>
        {t("attach")}
      </Button>
      <Problem error={state.error} />
    </>
  );
};

export const TicketPage = () => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const may = useMay();
  const { ticketNo } = useParams({ from: "/inside/tickets/$ticketNo" });
  const { data: ticket, error, refetch, dataUpdatedAt } = useTicket(ticketNo);
  if (ticket === undefined) return <Problem error={error} again={() => void refetch()} />;
  const name = language() === "en" ? ticket.categoryNameEn : ticket.categoryName;
  return (
    <>
      <PageBar
        title={`${ticket.ticketNo} ${name}`}
        readAt={dataUpdatedAt}
        actions={<TicketCommands ticket={ticket} />}
      >
        <Mark tone={ticket.overdue ? "bad" : "info"}>{word("ticket", ticket.state)}</Mark>
        {ticket.severity === "ordinary" ? null : (
          <Mark tone={ticket.severity === "emergency" ? "bad" : "warn"}>
            {word("severity", ticket.severity)}
          </Mark>
        )}
        {ticket.repeatedAt === null ? null : <Mark tone="warn">{t("repeated")}</Mark>}
        {ticket.mergedInto === null ? null : (
          <Link to="/tickets/$ticketNo" params={{ ticketNo: ticket.mergedInto }}>
            {t("mergedInto", { no: ticket.mergedInto })}
          </Link>
        )}
      </PageBar>
      <Problem error={error} />
      <div className={styles["two"]}>
        <div className={styles["stack"]}>
          <WhatItIs ticket={ticket} />
          <Timeline ticket={ticket} />
        </div>
        <div className={styles["stack"]}>
          <Clocks clocks={ticket.clocks} />
          {may("field.read") ? <TicketOrders ticketNo={ticket.ticketNo} /> : null}
          {may("ticket.write") ? (
            <section className={styles["panel"]} aria-label={t("attachments")}>
              <h2>{t("attachments")}</h2>
              <Attach ticketNo={ticket.ticketNo} />
            </section>
          ) : null}
          {may("routing.read") ? <RouteExplained ticketNo={ticket.ticketNo} /> : null}
          <Related ticket={ticket} />
        </div>
      </div>
    </>
  );
};
