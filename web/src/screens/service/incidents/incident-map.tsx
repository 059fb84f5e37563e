/** Which houses an incident holds, on the map of the house: those without, those that have it back, and their open cases. */
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { PlaceMap, type Spot, type Tone } from "#web/furniture/place-map.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";

type Building = Answer<"get", "/incidents/{id}/buildings">["items"][number];
const TONES: Readonly<Record<Building["state"], Tone>> = { held: "bad", ahead: "warn", free: "good" };
const STATES = ["held", "ahead", "free"] as const;

export const IncidentMap = ({ id }: { id: string }) => {
  const t = incidentWords.useWords();
  const { data, error, refetch } = api.useQuery("get", "/incidents/{id}/buildings", {
    params: { path: { id } },
  });
  const spotOf = (one: Building): Spot => ({
    id: one.buildingId,
    name: one.building,
    communityId: one.communityId,
    community: one.community,
    tone: TONES[one.state],
    figure: one.openTickets === 0 ? undefined : String(one.openTickets),
    said: [
      t(`building.${one.state}`),
      ...(one.openTickets === 0 ? [] : [t("openCases", { count: one.openTickets })]),
    ].join(" · "),
  });
  return (
    <section className={styles["panel"]} aria-label={t("map")}>
      <h2>{t("map")}</h2>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? null : (
        <PlaceMap
          spots={data.items.map(spotOf)}
          legend={STATES.map((state) => [TONES[state], t(`building.${state}`)] as const)}
        />
      )}
    </section>
  );
};
