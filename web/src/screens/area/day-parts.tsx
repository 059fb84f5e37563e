/** The day as a route, and as lists of cases, visits and papers. */
import { Link } from "@tanstack/react-router";
import type { OutboxState } from "#web/api/offline/outbox.ts";
import { putOut } from "#web/api/offline/outbox.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime, remaining, timeOf } from "#web/furniture/format.ts";
import { useNow } from "#web/furniture/use-now.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import styles from "./area.module.css";
import { DoingMark } from "./line-state.tsx";
import { PhotoButton } from "./photo-button.tsx";
import type { Stop } from "./plan-route.ts";
import { NavigateLink } from "./reach.tsx";
import { type Building, type DayCase, type DayVisit, doingOf, type Posting } from "./use-day.ts";
import { day } from "./words-day.ts";
import { work } from "./words-work.ts";

export const placeOf = (building: Building | undefined): string =>
  building === undefined ? "" : `${building.community} ${building.name}`;

type Waits = NonNullable<DayCase["waits"]>;

/** Its clock stands still: what it waits for, since when, and what was left of the time. */
const Waiting = ({ waits }: { waits: Waits }) => {
  const t = day.useWords();
  const { since, dueThen } = waits;
  const left = remaining(dueThen, Date.parse(since)).replace("-", "");
  return (
    <span className={styles["quiet"]}>
      {t("standsStill", {
        what: language() === "en" ? waits.forEn : waits.for,
        since: dateTime(since),
      })}
      {t(dueThen < since ? "stoodLate" : "stoodWith", { left })}
    </span>
  );
};

/** `waits` may be missing in a day that an older version of the page kept. */
export const Deadline = ({ dueAt, waits }: { dueAt: string | null; waits?: Waits | null | undefined }) => {
  const t = day.useWords();
  const now = useNow(30_000);
  if (waits !== null && waits !== undefined) return <Waiting waits={waits} />;
  if (dueAt === null) return <span className={styles["quiet"]}>{t("noDue")}</span>;
  const isLate = Date.parse(dueAt) < now;
  const left = remaining(dueAt, now).replace("-", "");
  return <span className={isLate ? styles["bad"] : ""}>{t(isLate ? "late" : "due", { left })}</span>;
};

export const CaseCard = ({ one, outbox }: { one: DayCase; outbox: OutboxState }) => {
  const code = useCodes();
  const now = useNow(30_000);
  const t = day.useWords();
  const isLate = one.dueAt !== null && Date.parse(one.dueAt) < now;
  return (
    <li className={`${styles["card"]} ${isLate ? styles["late"] : ""}`}>
      <div className={styles["line"]}>
        <Link to="/my/cases/$ticketNo" params={{ ticketNo: one.ticketNo }}>
          {language() === "en" ? one.categoryNameEn : one.categoryName}
        </Link>
        {one.severity === "ordinary" ? null : (
          <span className={one.severity === "emergency" ? styles["bad"] : styles["chip"]}>
            {code("severity", one.severity)}
          </span>
        )}
        <span className={styles["grow"]} />
        <Deadline dueAt={one.dueAt} waits={one.waits} />
      </div>
      <div className={styles["grow"]}>{one.address ?? t("noPlace")}</div>
      <div className={`${styles["line"]} ${styles["quiet"]}`}>
        <span className={styles["grow"]}>{one.summary}</span>
        <DoingMark doing={doingOf(outbox, `ticket:${one.ticketNo}`)} />
      </div>
    </li>
  );
};

export const VisitCard = ({ one, outbox }: { one: DayVisit; outbox: OutboxState }) => {
  const t = day.useWords();
  const code = useCodes();
  const from = one.slotFrom;
  return (
    <li className={styles["card"]}>
      <div className={styles["line"]}>
        <Link to="/my/visits/$id" params={{ id: one.id }}>
          {code("order", one.kind)} {one.orderNo}
        </Link>
        <span className={styles["chip"]}>{code("order-state", one.state)}</span>
        <span className={styles["grow"]} />
        {from === null ? (
          <span className={styles["quiet"]}>{t("noWindow")}</span>
        ) : (
          t("window", { from: dateTime(from), until: timeOf(one.slotUntil ?? from) })
        )}
      </div>
      <div className={styles["line"]}>
        <span className={styles["grow"]}>{one.address}</span>
        <DoingMark doing={doingOf(outbox, `order:${one.id}:${one.version}`)} />
      </div>
    </li>
  );
};

export const PostingCard = ({
  one,
  building,
  outbox,
}: {
  one: Posting;
  building: Building | undefined;
  outbox: OutboxState;
}) => {
  const t = day.useWords();
  const w = work.useWords();
  const place = `${placeOf(building)} ${one.unit === "" ? t("wholeBuilding") : one.unit}`;
  const about = `posting:${one.testId}:${one.unitId}`;
  const doing = doingOf(outbox, about);
  const post = (file: Blob) =>
    putOut({
      kind: "photo",
      about,
      label: w("postingLabel", { place }),
      path: `/pressure-tests/${one.testId}/stairwells/${one.unitId}/photo?fileName=posting.jpg`,
      file,
    });
  return (
    <li className={styles["card"]}>
      <div className={styles["grow"]}>{place}</div>
      <div className={styles["line"]}>
        <span className={`${styles["grow"]} ${styles["quiet"]}`}>
          {t("paperFor", {
            at: dateTime(one.startsAt),
            unit: one.unit === "" ? t("wholeBuilding") : one.unit,
          })}
        </span>
        <DoingMark doing={doing} />
        {doing === undefined && outbox.isRead ? <PhotoButton text={t("takePhoto")} take={post} /> : null}
      </div>
    </li>
  );
};

export const StopCard = ({ stop, n, outbox }: { stop: Stop; n: number; outbox: OutboxState }) => {
  const t = day.useWords();
  const { building, cases, visits, postings, valves } = stop;
  return (
    <li className={styles["card"]}>
      <h2>
        <span className={styles["quiet"]}>{t("stop", { n })}</span> {placeOf(building)}
      </h2>
      <div className={styles["line"]}>
        {cases.length === 0 ? null : (
          <span className={styles["chip"]}>{t("casesHere", { count: cases.length })}</span>
        )}
        {visits.length === 0 ? null : (
          <span className={styles["chip"]}>{t("visitsHere", { count: visits.length })}</span>
        )}
        {valves === 0 ? null : <span className={styles["chip"]}>{t("valvesHere", { count: valves })}</span>}
        {postings.length === 0 ? null : (
          <span className={styles["chip"]}>{t("postingsHere", { count: postings.length })}</span>
        )}
        <span className={styles["grow"]} />
        {stop.dueAt === null ? null : <Deadline dueAt={stop.dueAt} />}
      </div>
      {cases.map((one) => (
        <div key={one.ticketNo} className={styles["line"]}>
          <Link to="/my/cases/$ticketNo" params={{ ticketNo: one.ticketNo }} className={styles["stopCase"]}>
            {one.ticketNo} {language() === "en" ? one.categoryNameEn : one.categoryName} {one.address}
            <span className={styles["quiet"]}>{one.summary}</span>
          </Link>
          <DoingMark doing={doingOf(outbox, `ticket:${one.ticketNo}`)} />
        </div>
      ))}
      {visits.map((one) => (
        <div key={one.id} className={styles["line"]}>
          <Link to="/my/visits/$id" params={{ id: one.id }} className={styles["stopCase"]}>
            {one.orderNo} {one.address}
          </Link>
          <DoingMark doing={doingOf(outbox, `order:${one.id}:${one.version}`)} />
        </div>
      ))}
      <div className={styles["actions"]}>
        <NavigateLink building={building} />
        {valves === 0 ? null : (
          <Link to="/my/stairwells" hash={`building-${building.id}`}>
            {t("valves")}
          </Link>
        )}
      </div>
    </li>
  );
};

export const RouteOfDay = ({ stops, outbox }: { stops: readonly Stop[]; outbox: OutboxState }) => {
  const t = day.useWords();
  if (stops.length === 0) return <Empty text={t("nothingToDo")} />;
  return (
    <ol className={styles["cards"]}>
      {stops.map((stop, index) => (
        <StopCard key={stop.building.id} stop={stop} n={index + 1} outbox={outbox} />
      ))}
    </ol>
  );
};
