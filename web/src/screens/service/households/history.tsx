/** What happened to the household last: cases, visits, calls, messages. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { useNow } from "#web/furniture/use-now.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Overview } from "./types.ts";

type Of<Key extends "cases" | "visits" | "calls" | "messages"> = {
  readonly [K in Key]: NonNullable<Overview[K]>;
};

const List = ({
  title,
  none,
  children,
  count,
}: {
  title: string;
  none: string;
  children: ReactNode;
  count: number;
}) => (
  <section className={styles["panel"]} aria-label={title}>
    <h2>{title}</h2>
    {count === 0 ? (
      <p className={styles["quiet"]}>{none}</p>
    ) : (
      <ul className={styles["lines"]}>{children}</ul>
    )}
  </section>
);

const CLOSED = new Set(["closed", "cancelled", "merged"]);

export const CasesOf = ({ cases }: Of<"cases">) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const now = useNow(30_000);
  return (
    <List title={t("cases")} none={t("noCases")} count={cases.length}>
      {cases.map((one) => (
        <li key={one.ticketNo} className={styles["line"]}>
          <Link to="/tickets/$ticketNo" params={{ ticketNo: one.ticketNo }}>
            {one.ticketNo}
          </Link>
          <span className={styles["what"]} title={one.summary}>
            {language() === "en" ? one.categoryNameEn : one.categoryName} {one.summary}
          </span>
          <span className={CLOSED.has(one.state) ? styles["quiet"] : styles["alive"]}>
            {word("ticket", one.state)}
          </span>
          {one.dueAt === null || CLOSED.has(one.state) ? null : (
            <span className={!one.paused && Date.parse(one.dueAt) < now ? styles["owes"] : styles["quiet"]}>
              {one.paused ? word("clock-state", "paused") : remaining(one.dueAt, now)}
            </span>
          )}
          <span className={styles["quiet"]}>{dateTime(one.openedAt).slice(0, 10)}</span>
        </li>
      ))}
    </List>
  );
};

export const VisitsOf = ({ visits }: Of<"visits">) => {
  const t = householdWords.useWords();
  const word = useCodes();
  return (
    <List title={t("visits")} none={t("noVisits")} count={visits.length}>
      {visits.map((visit) => (
        <li key={visit.id} className={styles["line"]}>
          <span>{visit.orderNo}</span>
          <span className={styles["what"]}>
            {word("order", visit.kind)} {visit.crew} {visit.summary} {word("order-result", visit.result)}
          </span>
          <span className={styles["quiet"]}>
            {word("order-state", visit.state)}{" "}
            {dateTime(visit.finishedAt ?? visit.slotFrom ?? visit.openedAt).slice(5)}
          </span>
        </li>
      ))}
    </List>
  );
};

export const CallsOf = ({ calls }: Of<"calls">) => {
  const t = householdWords.useWords();
  const word = useCodes();
  return (
    <List title={t("calls")} none={t("noCalls")} count={calls.length}>
      {calls.map((call) => (
        <li key={call.id} className={styles["line"]}>
          <span>{dateTime(call.beganAt).slice(5)}</span>
          <span className={styles["what"]}>
            {word("direction", call.direction)} {word("outcome", call.outcome)} {word("wrap-up", call.wrapUp)}{" "}
            {call.ticketNo === null ? null : (
              <Link to="/tickets/$ticketNo" params={{ ticketNo: call.ticketNo }}>
                {call.ticketNo}
              </Link>
            )}
          </span>
          <span className={styles["quiet"]}>{call.agent}</span>
        </li>
      ))}
    </List>
  );
};

export const MessagesOf = ({ messages }: Of<"messages">) => {
  const t = householdWords.useWords();
  const word = useCodes();
  return (
    <List title={t("messages")} none={t("noMessages")} count={messages.length}>
      {messages.map((message) => (
        <li key={message.id} className={styles["line"]}>
          <span>{dateTime(message.queuedAt).slice(5)}</span>
          <span className={styles["what"]}>
            {word("medium", message.channel)} {message.title ?? word("purpose", message.purpose)}
          </span>
          <span className={styles["quiet"]}>{word("message", message.state)}</span>
        </li>
      ))}
    </List>
  );
};
