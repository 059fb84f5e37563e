/** What an agent needs of a household before the first word. */
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { openDocument } from "#web/api/documents.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, timeOf } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { useCategories } from "../cases/categories.ts";
import { DebtLine } from "../debt-line.tsx";
import { deskWords } from "../words-desk.ts";
import styles from "./desk.module.css";
import type { Call, Household, Pop } from "./use-desk.ts";
import { useWrapUp } from "./wrap-up.tsx";

/** The incident of the building with what is said of it, word for word. */
export const Trouble = ({ call, incident }: { call: Call; incident: Pop["incident"] }) => {
  const t = deskWords.useWords();
  const { give, error } = useWrapUp(call);
  if (incident === null) return null;
  const back = incident.expectedBackAt;
  return (
    <section className={styles["trouble"]} aria-label={t("incident")}>
      <h2>
        {t("incident")} · {back === null ? t("backUnknown") : t("backAt", { at: dateTime(back).slice(5) })}
      </h2>
      <p className={styles["say"]}>{language() === "en" ? incident.scriptEn : incident.script}</p>
      {incident.incidentId === null ? null : (
        <Link to="/incidents/$id" params={{ id: incident.incidentId }}>
          {t("toIncident")}
        </Link>
      )}{" "}
      {incident.incidentId === null ? null : (
        <Button size="small" type="primary" onClick={() => give({ code: "joined-incident" })}>
          {t("joinIncident")}
        </Button>
      )}
      <Problem error={error} />
    </section>
  );
};

export const Today = ({ today }: { today: Pop["today"] }) => {
  const t = deskWords.useWords();
  if (today === null || today.tests.length + today.closings.length === 0) return null;
  return (
    <ul className={styles["today"]} aria-label={t("today")}>
      {today.tests.map((test) => (
        <li key={test.testId}>{t("test", { no: test.testNo, window: test.window })}</li>
      ))}
      {today.closings.map((closing) => (
        <li key={closing.kind}>
          {t(`closing.${closing.kind}`, {
            homes: closing.homes ?? "",
            from: closing.from === null ? "" : timeOf(closing.from),
            until: closing.until === null ? "" : timeOf(closing.until),
          })}
          {closing.own && closing.kind !== "planned-outage" ? ` (${t("own")})` : ""}
        </li>
      ))}
    </ul>
  );
};

export const Contacts = ({ contacts }: { contacts: Pop["contacts"] }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  if (contacts.length === 0) return null;
  return (
    <>
      <h3>{t("contacts")}</h3>
      <ul className={styles["lines"]}>
        {contacts.map((contact) => (
          <li key={contact.callId}>
            <span>{dateTime(contact.beganAt).slice(5)}</span>
            <span className={styles["what"]}>
              {word("direction", contact.direction)} {word("outcome", contact.outcome)}{" "}
              {word("wrap-up", contact.wrapUp)}
            </span>
            <span className={styles["quiet"]}>{contact.agent}</span>
          </li>
        ))}
      </ul>
    </>
  );
};

const OpenTickets = ({ tickets }: { tickets: Household["openTickets"] }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const { nameOf } = useCategories();
  if (tickets.length === 0) return null;
  return (
    <>
      <h3>
        {t("openTickets")} {tickets.length}
      </h3>
      <ul className={styles["lines"]}>
        {tickets.slice(0, 6).map((ticket) => (
          <li key={ticket.ticketNo}>
            <Link to="/tickets/$ticketNo" params={{ ticketNo: ticket.ticketNo }}>
              {ticket.ticketNo}
            </Link>
            <span className={styles["what"]}>{nameOf(ticket.category)}</span>
            <span className={styles["quiet"]}>
              {word("ticket", ticket.state)} {dateTime(ticket.openedAt).slice(5)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
};

const Papers = ({ papers }: { papers: Household["papers"] }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  if (papers.length === 0) return null;
  return (
    <>
      <h3>{t("papers")}</h3>
      <p className={styles["actions"]}>
        {papers.map((paper) => (
          <Button key={paper.kind + paper.id} size="small" onClick={() => openDocument(paper.print)}>
            {word("paper", paper.kind)}{" "}
            {paper.season === null ? paper.id : t("season", { season: paper.season })}
          </Button>
        ))}
      </p>
    </>
  );
};

export const HouseholdCard = ({ call, household }: { call: Call; household: Household }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const [point] = household.chargePoints;
  return (
    <section className={styles["panel"]} aria-label={t("who")}>
      <h2 className={styles["who"]}>
        {household.people[0]?.name} {household.address}
        {household.care ? <Mark tone="bad">{word("hold", "care")}</Mark> : null}
        {household.holds
          .filter(({ kind }) => kind !== "care")
          .map(({ kind }) => (
            <Mark key={kind} tone="warn">
              {word("hold", kind)}
            </Mark>
          ))}
      </h2>
      <p>
        {household.accountNo} {word("account", household.state)}{" "}
        <Link to="/households/$accountNo" params={{ accountNo: household.accountNo }}>
          {t("all")} (o)
        </Link>
      </p>
      <Trouble call={call} incident={household.incident} />
      <Today today={household.today} />
      <DebtLine debt={household.debt} />
      <Facts
        rows={[
          [
            t("state"),
            point === undefined
              ? null
              : [word("supply", point.supply?.state), word("valve", point.valve?.state)].join(" · "),
          ],
          [
            t("number"),
            household.people
              .map(({ name, role, phones }) => `${name} ${word("person", role)} ${phones.join(" ")}`)
              .join("; "),
          ],
          [
            t("station"),
            household.station === null
              ? null
              : `${household.station.name} ${word("station", household.station.owner)}`,
          ],
          [
            t("manager"),
            household.area === null ? null : `${household.area.name} ${household.area.manager ?? ""}`,
          ],
        ]}
      />
      <OpenTickets tickets={household.openTickets} />
      <Contacts contacts={household.contacts} />
      {household.notices.length === 0 ? null : (
        <>
          <h3>{t("notices")}</h3>
          <ul className={styles["lines"]}>
            {household.notices.slice(0, 3).map((notice) => (
              <li key={notice.queuedAt + notice.purpose}>
                <span>{dateTime(notice.queuedAt).slice(5)}</span>
                <span className={styles["what"]}>{notice.title ?? word("purpose", notice.purpose)}</span>
                <span className={styles["quiet"]}>{word("message", notice.state)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Papers papers={household.papers} />
    </section>
  );
};
