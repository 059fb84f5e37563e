/** The route of the day on the map of the house: each stop with its number; a press shows what waits there. */
import { useState } from "react";
import type { OutboxState } from "#web/api/offline/outbox.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { PlaceMap, type Spot, type Tone } from "#web/furniture/place-map.tsx";
import { useNow } from "#web/furniture/use-now.ts";
import styles from "./area.module.css";
import { StopCard } from "./day-parts.tsx";
import type { Stop } from "./plan-route.ts";
import { day } from "./words-day.ts";

/** The hours before a deadline in which a stop is pressing. */
const PRESSING_MS = 2 * 3_600_000;

const toneOf = ({ dueAt }: Stop, now: number): Tone => {
  if (dueAt === null) return "info";
  const left = Date.parse(dueAt) - now;
  if (left < 0) return "bad";
  return left < PRESSING_MS ? "warn" : "info";
};

const TONE_WORDS = { bad: "overdue", warn: "pressing", info: "waits" } as const;
const LEGEND = ["bad", "warn", "info"] as const;

export const MapOfDay = ({ stops, outbox }: { stops: readonly Stop[]; outbox: OutboxState }) => {
  const t = day.useWords();
  const now = useNow(60_000);
  const [picked, setPicked] = useState<string>();
  if (stops.length === 0) return <Empty text={t("nothingToDo")} />;
  const spots = stops.map((stop, index): Spot => {
    const { building, cases, visits, valves, postings } = stop;
    const tone = toneOf(stop, now);
    const said = [
      t("stop", { n: index + 1 }),
      ...(tone === "bad" || tone === "warn" || tone === "info" ? [t(TONE_WORDS[tone])] : []),
      ...(cases.length === 0 ? [] : [t("casesHere", { count: cases.length })]),
      ...(visits.length === 0 ? [] : [t("visitsHere", { count: visits.length })]),
      ...(valves === 0 ? [] : [t("valvesHere", { count: valves })]),
      ...(postings.length === 0 ? [] : [t("postingsHere", { count: postings.length })]),
    ].join(" · ");
    return {
      id: building.id,
      name: building.name,
      communityId: building.communityId,
      community: building.community,
      tone,
      figure: String(index + 1),
      said,
    };
  });
  const at = stops.findIndex(({ building }) => building.id === picked);
  const shown = stops[at];
  return (
    <>
      <PlaceMap
        spots={spots}
        legend={LEGEND.map((tone) => [tone, t(TONE_WORDS[tone])] as const)}
        open={(spot) => setPicked(spot.id)}
      />
      {shown === undefined ? (
        <p className={styles["quiet"]}>{t("mapHint")}</p>
      ) : (
        <ol className={styles["cards"]}>
          <StopCard stop={shown} n={at + 1} outbox={outbox} />
        </ol>
      )}
    </>
  );
};
