/** Above the desk: what stands in the town now, since when, until when, and what is said of it. */
import { Link } from "@tanstack/react-router";
import { api } from "#web/api/client.ts";
import { useLive } from "#web/api/use-live.ts";
import { INCIDENT_TOPICS } from "#web/api/topics.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import { ExpectedHour } from "./expected-hour.tsx";
import { forgetIncidents, saidOf } from "./use-incident.ts";

/** More are on their own page. */
const MOST = 5;

export const StandingIncidents = () => {
  const t = incidentWords.useWords();
  useLive(INCIDENT_TOPICS, () => void forgetIncidents());
  const { data, error, refetch } = api.useQuery(
    "get",
    "/incidents",
    { params: { query: { state: "open", limit: MOST } } },
    // Nobody tells that an hour has passed.
    { refetchInterval: 60_000 },
  );
  if (error !== null && data === undefined) return <Problem error={error} again={() => void refetch()} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section className={styles["alarm"]} aria-label={t("standingNow")}>
      {data.items.map((one) => (
        <details key={one.id} open={data.items.length === 1}>
          <summary>
            <strong>{one.title}</strong> {t("started")} {dateTime(one.startsAt).slice(5)} · {t("back")}{" "}
            <ExpectedHour at={one.expectedBackAt} />
          </summary>
          <p className={styles["say"]}>{saidOf(one)}</p>
          <Link to="/incidents/$id" params={{ id: one.id }}>
            {t("toIncident")}
          </Link>
        </details>
      ))}
      {data.nextCursor === null ? null : (
        <Link to="/incidents" search={{}}>
          {t("all")}
        </Link>
      )}
    </section>
  );
};
