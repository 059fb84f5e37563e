/** Whom an incident would touch, before it is opened: read anew when what is typed has stood for a moment. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useSettled } from "#web/furniture/use-settled.ts";
import { language } from "#web/words/words.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import type { Reach } from "./incident-form.ts";

const WAIT_MS = 300;

export const useReach = (wanted: Reach | null) => {
  const asked = wanted === null ? "" : JSON.stringify(wanted);
  const settled = useSettled(asked, WAIT_MS);
  const query = useQuery({
    queryKey: ["post", "/incident-reach", settled],
    queryFn: async ({ signal }) =>
      (await call.POST("/incident-reach", { body: JSON.parse(settled) as Reach, signal })).data ?? null,
    enabled: settled !== "" && asked !== "",
    placeholderData: keepPreviousData,
  });
  const isCurrent = asked !== "" && asked === settled && !query.isFetching;
  return {
    reach: asked === "" || query.isError ? undefined : (query.data ?? undefined),
    /** What stands there is the reach of what is typed now. */
    isCurrent: isCurrent && query.isSuccess,
    error: isCurrent ? query.error : null,
  };
};

type Read = NonNullable<ReturnType<typeof useReach>["reach"]>;

export const ReachPanel = ({ reach, error }: { reach: Read | undefined; error: unknown }) => {
  const t = incidentWords.useWords();
  return (
    <section className={styles["panel"]} aria-label={t("reach")} aria-live="polite">
      <h2>{t("reach")}</h2>
      <Problem error={error} />
      {reach === undefined ? (
        error === null ? (
          <p className={styles["wrapped"]}>{t("reachNone")}</p>
        ) : null
      ) : (
        <>
          <p>
            <strong>
              {t("reachCounts", {
                buildings: reach.buildings,
                homes: reach.homes,
                supplied: reach.homesSupplied,
              })}
            </strong>
          </p>
          <p className={styles["wrapped"]}>
            {reach.names.length < reach.buildings
              ? t("reachNames", { names: reach.names.join(", ") })
              : reach.names.join(", ")}
          </p>
          <p>{t("reachCases", { count: reach.tickets })}</p>
          {reach.standing.map((one) => (
            <p key={one.id} className={styles["soon"]}>
              {t("already", { count: one.buildings, title: one.title })}{" "}
              <Link to="/incidents/$id" params={{ id: one.id }}>
                {t("toIncident")}
              </Link>
            </p>
          ))}
          <h2>{t("willSay")}</h2>
          <p className={styles["say"]}>{language() === "en" ? reach.scriptEn : reach.script}</p>
        </>
      )}
    </section>
  );
};
