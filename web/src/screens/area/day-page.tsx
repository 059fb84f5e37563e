/** My area today: the route, cases by deadline, visits, papers to post. */
import { Link } from "@tanstack/react-router";
import { Spin } from "antd";
import { useState } from "react";
import { Empty } from "#web/furniture/empty.tsx";
import { later } from "#web/furniture/later.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useNow } from "#web/furniture/use-now.ts";
import styles from "./area.module.css";
import { CaseCard, PostingCard, RouteOfDay, VisitCard } from "./day-parts.tsx";
import { LineState } from "./line-state.tsx";
import { planRoute } from "./plan-route.ts";
import { PasteChat } from "./paste-chat.tsx";
import { type Day, useDay, useOwingTotals, usePhone } from "./use-day.ts";
import { day } from "./words-day.ts";
import { work } from "./words-work.ts";

const MapOfDay = later(async () => (await import("./day-map.tsx")).MapOfDay);

const VIEWS = ["route", "map", "cases", "cold", "visits", "postings"] as const;
type View = (typeof VIEWS)[number];

const isCold = (category: string): boolean => category.startsWith("heat.");

const countOf = (view: View, { cases, visits, postings, buildings }: Day): number => {
  if (view === "route" || view === "map") return buildings.length;
  if (view === "cases") return cases.length;
  if (view === "cold") return cases.filter(({ category }) => isCold(category)).length;
  return view === "visits" ? visits.length : postings.length;
};

const Shown = ({ view, value, outbox }: { view: View; value: Day; outbox: ReturnType<typeof usePhone> }) => {
  const t = day.useWords();
  if (view === "route") return <RouteOfDay stops={planRoute(value)} outbox={outbox} />;
  if (view === "map") return <MapOfDay stops={planRoute(value)} outbox={outbox} />;
  if (view === "visits") {
    if (value.visits.length === 0) return <Empty text={t("noVisits")} />;
    return (
      <ul className={styles["cards"]}>
        {value.visits.map((one) => (
          <VisitCard key={one.id} one={one} outbox={outbox} />
        ))}
      </ul>
    );
  }
  if (view === "postings") {
    if (value.postings.length === 0) return <Empty text={t("noPostings")} />;
    return (
      <ul className={styles["cards"]}>
        {value.postings.map((one) => (
          <PostingCard
            key={`${one.testId}:${one.unitId}`}
            one={one}
            building={value.buildings.find(({ id }) => id === one.buildingId)}
            outbox={outbox}
          />
        ))}
      </ul>
    );
  }
  const cases = value.cases.filter(({ category }) => view === "cases" || isCold(category));
  if (cases.length === 0) return <Empty text={t("noCases")} />;
  return (
    <ul className={styles["cards"]}>
      {cases.map((one) => (
        <CaseCard key={one.ticketNo} one={one} outbox={outbox} />
      ))}
    </ul>
  );
};

export const DayPage = () => {
  const t = day.useWords();
  const w = work.useWords();
  const outbox = usePhone();
  const read = useDay();
  const owing = useOwingTotals();
  const now = useNow(60_000);
  const [view, setView] = useState<View>("route");
  const value = read.data?.value;
  const doors = value?.valves.reduce((sum, one) => sum + one.doors, 0) ?? 0;
  const late = value?.cases.filter(({ dueAt }) => dueAt !== null && Date.parse(dueAt) < now).length ?? 0;
  return (
    <>
      <PageBar title={t("title")} readAt={read.data?.at}>
        <Link to="/my/stairwells" className={styles["touch"]}>
          {t("valves")} {doors}
        </Link>
        <Link to="/my/owing" className={styles["touch"]}>
          {owing === undefined ? w("owing") : w("owingLink", { count: owing.accounts })}
        </Link>
        <PasteChat />
        {late === 0 ? null : (
          <span className={styles["bad"]}>
            {t("overdue")} {late}
          </span>
        )}
      </PageBar>
      <LineState outbox={outbox} kept={read.data} />
      <Problem error={read.error} again={() => void read.refetch()} />
      {value === undefined ? (
        read.error === null ? (
          <Spin />
        ) : null
      ) : (
        <>
          <div className={styles["tabs"]} role="group" aria-label={t("title")}>
            {VIEWS.map((one) => (
              <button key={one} type="button" aria-pressed={view === one} onClick={() => setView(one)}>
                {t(one)} {countOf(one, value)}
              </button>
            ))}
          </div>
          <Shown view={view} value={value} outbox={outbox} />
        </>
      )}
    </>
  );
};
