/** The cases under an incident: who joined, joining one by its number, taking one out, and closing them together once it is over. */
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { useCodes } from "#web/words/codes.ts";
import { useCategories } from "../cases/categories.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import { forgetIncidents, type Incident } from "./use-incident.ts";

const Join = ({ id }: { id: string }) => {
  const t = incidentWords.useWords();
  const [typed, setTyped] = useState("");
  const send = api.useMutation("post", "/incidents/{id}/tickets");
  const ticketNo = typed.normalize("NFKC").trim();
  const join = (): void => {
    if (ticketNo === "" || send.isPending) return;
    send.mutate(
      { params: { path: { id } }, body: { ticketNo } },
      {
        onSuccess: () => {
          setTyped("");
          void forgetIncidents();
        },
      },
    );
  };
  return (
    <div className={styles["actions"]}>
      <Input
        aria-label={t("joinNo")}
        placeholder={t("joinNo")}
        className={styles["number"] ?? ""}
        value={typed}
        maxLength={20}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing) join();
        }}
      />
      <Button size="small" disabled={ticketNo === ""} loading={send.isPending} onClick={join}>
        {t("join")}
      </Button>
      <Problem error={send.error} />
    </div>
  );
};

type Closed = Answer<"post", "/incidents/{id}/close-cases">;

/** Goes on until all were looked at: some hundred a time, so that no case is locked for long. */
const closeAll = async (id: string): Promise<Closed> => {
  let sum: Closed = { closed: 0, stayed: [], next: null, unresolved: 0 };
  let after: string | undefined;
  do {
    const { data } = await call.POST("/incidents/{id}/close-cases", {
      params: { path: { id } },
      body: { limit: 200, ...(after === undefined ? {} : { after }) },
    });
    if (data === undefined) break;
    sum = { ...data, closed: sum.closed + data.closed, stayed: [...sum.stayed, ...data.stayed] };
    after = data.next ?? undefined;
  } while (after !== undefined);
  return sum;
};

const CloseTogether = ({ id }: { id: string }) => {
  const t = incidentWords.useWords();
  const send = useMutation({ mutationFn: () => closeAll(id), onSettled: () => forgetIncidents() });
  return (
    <>
      <Button size="small" loading={send.isPending} onClick={() => send.mutate()}>
        {t("closeCases")}
      </Button>
      {send.data === undefined ? null : (
        <div role="status">
          <p>
            {t("closedCases", { count: send.data.closed })}
            {send.data.unresolved === 0 ? "" : ` · ${t("unresolvedCases", { count: send.data.unresolved })}`}
          </p>
          <ul className={styles["lines"]}>
            {send.data.stayed.map(({ ticketNo, why }) => (
              <li key={ticketNo}>
                <Link to="/tickets/$ticketNo" params={{ ticketNo }}>
                  {ticketNo}
                </Link>
                <span className={styles["what"]}>{t(`stays.${why}`)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Problem error={send.error} />
    </>
  );
};

export const IncidentCases = ({ incident }: { incident: Incident }) => {
  const t = incidentWords.useWords();
  const say = common.useWords();
  const word = useCodes();
  const may = useMay();
  const { nameOf } = useCategories();
  const { id } = incident;
  const [leaving, setLeaving] = useState<string>();
  const isStanding = incident.state === "open" || incident.state === "restored";
  const data = usePages(
    ["get", "/incidents/{id}/tickets", id],
    (cursor) =>
      call
        .GET("/incidents/{id}/tickets", {
          params: { path: { id }, query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
        })
        .then((answer) => answer.data),
    // Cases join by the dozen while it stands: read again now and then, not told one by one.
    { refetchIntervalMs: 5000 },
  );
  return (
    <section className={styles["panel"]} aria-label={t("cases")}>
      <h2>{t("cases")}</h2>
      <Problem error={data.error} again={data.again} />
      {!data.isReading && data.rows.length === 0 ? <p className={styles["wrapped"]}>{t("noCases")}</p> : null}
      <ul className={styles["lines"]}>
        {data.rows.map((one) => (
          <li key={one.ticketNo}>
            <Link to="/tickets/$ticketNo" params={{ ticketNo: one.ticketNo }}>
              {one.ticketNo}
            </Link>
            <span className={styles["what"]}>{nameOf(one.category)}</span>
            <span className={styles["quiet"]}>
              {word("ticket", one.state)} {dateTime(one.joinedAt).slice(5)}
            </span>
            {isStanding && may("incident.write") ? (
              <Button size="small" type="text" onClick={() => setLeaving(one.ticketNo)}>
                {t("leave")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {data.hasMore ? (
        <Button size="small" type="text" onClick={data.more} loading={data.isReading}>
          {say("more")}
        </Button>
      ) : null}
      {isStanding && may("incident.write") ? <Join id={id} /> : null}
      {incident.state === "closed" && may("incident.close-cases") ? <CloseTogether id={id} /> : null}
      {leaving === undefined ? null : (
        <AskReason
          title={t("leaveTitle", { no: leaving })}
          verb={t("leave")}
          close={() => setLeaving(undefined)}
          act={async (reason) => {
            await call.POST("/incidents/{id}/leave", {
              params: { path: { id } },
              body: { ticketNo: leaving, reason },
            });
            await forgetIncidents();
          }}
        />
      )}
    </section>
  );
};
