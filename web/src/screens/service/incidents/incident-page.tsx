/** One incident: what is said of it, whom it hits, its cases, and what people do about it. */
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button, DatePicker, Input, Modal } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useMay } from "#web/shell/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { useCategories } from "../cases/categories.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import { IncidentMap } from "./incident-map.tsx";

type Incident = Answer<"get", "/incidents/{id}">;
const ACTIONS = ["update", "release", "close", "reopen", "cancel"] as const;
type Action = (typeof ACTIONS)[number];

const actionsFor = (state: Incident["state"]): readonly Action[] => {
  if (state === "open") return ["update", "release", "cancel"];
  if (state === "restored") return ["close", "reopen"];
  return state === "closed" ? ["reopen"] : [];
};

const forgetIncidents = (): Promise<void> =>
  forget("/incidents", "/incidents/{id}", "/incidents/{id}/tickets", "/incidents/{id}/buildings");

type Draft = { readonly text: string; readonly back: string | null };

const act = (action: Action, incident: Incident, draft: Draft): Promise<unknown> => {
  const params = { path: { id: incident.id }, header: { "If-Match": `"${incident.version}"` } };
  const text = draft.text.trim();
  switch (action) {
    case "update":
      return call.POST("/incidents/{id}/updates", {
        params,
        body: { text, ...(draft.back === null ? {} : { expectedBackAt: draft.back }) },
      });
    case "release":
      return call.POST("/incidents/{id}/release", { params, body: { text } });
    case "close":
      return call.POST("/incidents/{id}/close", {
        params,
        body: { evidence: text, evidenceKind: "call-back" },
      });
    case "reopen":
      return call.POST("/incidents/{id}/reopen", { params, body: { reason: text } });
    case "cancel":
      return call.POST("/incidents/{id}/cancel", { params, body: { reason: text } });
  }
};

const ActionDialog = ({
  action,
  incident,
  close,
}: {
  action: Action;
  incident: Incident;
  close: () => void;
}) => {
  const t = incidentWords.useWords();
  const { draft, keep, clear } = useDraft<Draft>(`incident-${incident.id}-${action}`, {
    text: "",
    back: incident.expectedBackAt,
  });
  const send = useMutation({ mutationFn: () => act(action, incident, draft) });
  const label = t(action === "close" ? "evidenceText" : "text");
  return (
    <Modal
      open
      title={t(action)}
      okText={t(action)}
      okButtonProps={{ disabled: draft.text.trim() === "", loading: send.isPending }}
      onCancel={close}
      onOk={() =>
        send.mutate(undefined, {
          onSuccess: () => {
            clear();
            void forgetIncidents();
            close();
          },
        })
      }
    >
      <div className={styles["form"]}>
        <Input.TextArea
          autoFocus
          aria-label={label}
          placeholder={label}
          rows={3}
          maxLength={600}
          value={draft.text}
          onChange={(event) => keep({ text: event.target.value })}
        />
        {action === "update" ? (
          <DatePicker
            aria-label={t("expected")}
            placeholder={t("expected")}
            showTime={{ format: "HH:mm" }}
            value={draft.back === null ? null : dayjs(draft.back)}
            onChange={(chosen) => keep({ back: chosen === null ? null : chosen.toISOString() })}
          />
        ) : null}
        <Problem error={send.error} />
      </div>
    </Modal>
  );
};

const Cases = ({ id }: { id: string }) => {
  const t = incidentWords.useWords();
  const word = useCodes();
  const { nameOf } = useCategories();
  const { data, error } = api.useQuery("get", "/incidents/{id}/tickets", {
    params: { path: { id }, query: { limit: 100 } },
  });
  return (
    <section className={styles["panel"]} aria-label={t("cases")}>
      <h2>{t("cases")}</h2>
      <Problem error={error} />
      {data?.items.length === 0 ? <p className={styles["quiet"]}>{t("noCases")}</p> : null}
      <ul className={styles["lines"]}>
        {(data?.items ?? []).map((one) => (
          <li key={one.ticketNo}>
            <Link to="/tickets/$ticketNo" params={{ ticketNo: one.ticketNo }}>
              {one.ticketNo}
            </Link>
            <span className={styles["what"]}>{nameOf(one.category)}</span>
            <span className={styles["quiet"]}>
              {word("ticket", one.state)} {dateTime(one.joinedAt).slice(5)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Updates = ({ updates }: { updates: Incident["updates"] }) => {
  const t = incidentWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("updates")}>
      <h2>{t("updates")}</h2>
      <ol className={styles["timeline"]}>
        {updates.map((one) => (
          <li key={one.id}>
            <span className={styles["quiet"]}>{dateTime(one.at)}</span>
            <span>{t(`kind.${one.kind}`)}</span>
            <span className={styles["said"]}>
              {one.text} {one.expectedBackAt === null ? "" : `${t("back")} ${dateTime(one.expectedBackAt)}`}
            </span>
            <span className={styles["quiet"]}>{one.by}</span>
          </li>
        ))}
      </ol>
    </section>
  );
};

export const IncidentPage = () => {
  const t = incidentWords.useWords();
  const word = useCodes();
  const may = useMay();
  const { id } = useParams({ from: "/inside/incidents/$id" });
  const [asked, setAsked] = useState<Action>();
  useLive(["incident.opened", "incident.changed"], () => void forgetIncidents());
  const { data, error, refetch, dataUpdatedAt } = api.useQuery("get", "/incidents/{id}", {
    params: { path: { id } },
  });
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const { counts } = data;
  return (
    <>
      <PageBar
        title={data.title}
        readAt={dataUpdatedAt}
        actions={
          may("incident.write")
            ? actionsFor(data.state).map((action, index) => (
                <Button
                  key={action}
                  type={index === 0 ? "primary" : "default"}
                  onClick={() => setAsked(action)}
                >
                  {t(action)}
                </Button>
              ))
            : undefined
        }
      >
        <Mark tone={data.state === "open" ? "bad" : "good"}>{word("incident", data.state)}</Mark>
      </PageBar>
      <Problem error={error} />
      <div className={styles["two"]}>
        <div className={styles["stack"]}>
          <section className={styles["panel"]}>
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
                [t("started"), dateTime(data.startsAt)],
                [t("back"), data.expectedBackAt === null ? t("unknown") : dateTime(data.expectedBackAt)],
                [t("restored"), dateTime(data.restoredAt)],
                [t("evidence"), data.evidence],
              ]}
            />
          </section>
          <IncidentMap id={id} />
          <Updates updates={data.updates} />
        </div>
        <Cases id={id} />
      </div>
      {asked === undefined ? null : (
        <ActionDialog key={asked} action={asked} incident={data} close={() => setAsked(undefined)} />
      )}
    </>
  );
};
