/** One incident: what is said of it and until when, whom it hits, its cases, and what people do about it. */
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { ExpectedHour } from "./expected-hour.tsx";
import { IncidentCases } from "./incident-cases.tsx";
import { IncidentMap } from "./incident-map.tsx";
import { type Action, actionsFor, EVIDENCE_KINDS } from "./incident-actions.ts";
import { type Incident, saidOf, useIncident } from "./use-incident.ts";

const Updates = ({ updates }: { updates: Incident["updates"] }) => {
  const t = incidentWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("updates")}>
      <h2>{t("updates")}</h2>
      <ol className={styles["timeline"]}>
        {updates.toReversed().map((one) => (
          <li key={one.id}>
            <span className={styles["quiet"]}>{dateTime(one.at)}</span>
            <span>{t(`kind.${one.kind}`)}</span>
            <span className={styles["said"]}>
              {one.text} {one.expectedBackAt === null ? "" : `${t("back")} ${dateTime(one.expectedBackAt)}`}
            </span>
            <span className={styles["quiet"]}>
              <Who login={one.by} name={one.byName} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
};

const Evidence = ({ incident }: { incident: Incident }) => {
  const t = incidentWords.useWords();
  const kind = EVIDENCE_KINDS.find((one) => one === incident.evidenceKind);
  if (incident.evidence === "") return null;
  return (
    <>
      {kind === undefined ? "" : `${t(`evidence.${kind}`)} · `}
      {incident.evidence}{" "}
      {incident.evidenceRef?.startsWith("file:") ? (
        <a className={styles["inText"]} href={`/api/v1/incidents/${incident.id}/evidence-file`} download>
          {t("evidenceFile")}
        </a>
      ) : (
        incident.evidenceRef
      )}
    </>
  );
};

const WhatItIs = ({ incident }: { incident: Incident }) => {
  const t = incidentWords.useWords();
  const { counts } = incident;
  const said = saidOf(incident);
  return (
    <section className={styles["panel"]} aria-label={t("script")}>
      <h2>{t("script")}</h2>
      <p className={styles["say"]}>{said === "" ? t("noScript") : said}</p>
      <p>
        {t("counts", {
          buildings: counts.buildings,
          homes: counts.homes,
          supplied: counts.homesSupplied,
          calls: counts.calls,
          tickets: counts.tickets,
          open: counts.ticketsOpen,
        })}
      </p>
      <Facts
        rows={[
          [t("kind"), language() === "en" ? incident.kindNameEn : incident.kindName],
          [t("where"), incident.place],
          [t("started"), dateTime(incident.startsAt)],
          [
            t("back"),
            <ExpectedHour key="back" at={incident.expectedBackAt} isOver={incident.state !== "open"} />,
          ],
          [t("restored"), dateTime(incident.restoredAt)],
          [t("openedBy"), `${t(`openedBy.${incident.openedBy}`)} ${dateTime(incident.openedAt)}`],
          [t("evidence"), incident.evidence === "" ? null : <Evidence key="how" incident={incident} />],
        ]}
      />
    </section>
  );
};

export const IncidentPage = () => {
  const t = incidentWords.useWords();
  const word = useCodes();
  const may = useMay();
  const { id } = useParams({ from: "/inside/incidents/$id" });
  const [asked, setAsked] = useState<Action>();
  const { data, error, refetch, dataUpdatedAt } = useIncident(id);
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const actions = may("incident.write") ? actionsFor(data.state, may("incident.close-cases")) : [];
  return (
    <>
      <PageBar
        title={data.title}
        readAt={dataUpdatedAt}
        actions={actions.map((action, index) => (
          <Button
            key={action}
            type={index === 0 ? "primary" : "default"}
            danger={action === "cancel"}
            onClick={() => setAsked(action)}
          >
            {t(action)}
          </Button>
        ))}
      >
        <Mark tone={data.state === "open" ? "bad" : "good"}>{word("incident", data.state)}</Mark>
      </PageBar>
      <Problem error={error} />
      <div className={styles["two"]}>
        <div className={styles["stack"]}>
          <WhatItIs incident={data} />
          <IncidentMap id={id} />
          <Updates updates={data.updates} />
        </div>
        <IncidentCases incident={data} />
      </div>
      {asked === undefined ? null : (
        <ActionDialog key={asked} action={asked} incident={data} close={() => setAsked(undefined)} />
      )}
    </>
  );
};
