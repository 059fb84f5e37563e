/** Says where a community or building lies by a click on the map; for whoever keeps the network. */
import { Button, Select } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { mapWords } from "#web/words/map.ts";
import type { SpotGroup } from "./map-groups.ts";
import { fromWorld, type Point } from "./mercator.ts";
import type { Spot } from "./spot-grid.tsx";
import styles from "./place-map.module.css";
import { Problem } from "./problem.tsx";

export type Placing = {
  readonly key: "communityId" | "buildingId";
  readonly id: string;
  readonly name: string;
};

const MICRO = 1_000_000;
const rounded = (degrees: number): number => Math.round(degrees * MICRO) / MICRO;

export const usePlacing = () => {
  const [placing, choose] = useState<Placing>();
  const [error, setError] = useState<unknown>(null);
  const put = async (point: Point): Promise<void> => {
    if (placing === undefined) return;
    setError(null);
    const { latitude, longitude } = fromWorld(point);
    try {
      await call.PUT("/network/positions", {
        body: {
          positions: [
            { [placing.key]: placing.id, latitude: rounded(latitude), longitude: rounded(longitude) },
          ],
        },
      });
      choose(undefined);
      await forget("/network/map");
    } catch (refused) {
      setError(refused);
    }
  };
  return { placing, choose, error, placeAt: (point: Point): void => void put(point) };
};

type Props = {
  readonly placing: Placing | undefined;
  readonly choose: (placing: Placing | undefined) => void;
  readonly error: unknown;
  readonly unplaced: readonly Spot[];
  readonly groups: readonly SpotGroup[];
};

export const MapPlacing = ({ placing, choose, error, unplaced, groups }: Props) => {
  const t = mapWords.useWords();
  const session = api.useQuery("get", "/session", {}, { staleTime: 60_000, retry: false });
  if (session.data?.permissions.includes("network.write") !== true) return null;
  const spots = [...unplaced, ...groups.flatMap((group) => group.spots)];
  const communities = new Map(
    spots.map(({ communityId, community }): readonly [string, Placing] => [
      `c${communityId}`,
      { key: "communityId", id: communityId, name: t("here", { name: community }) },
    ]),
  );
  const buildings = spots.map(({ id, name, community }): readonly [string, Placing] => [
    `b${id}`,
    { key: "buildingId", id, name: `${community}${name}` },
  ]);
  const choices = new Map<string, Placing>([...communities, ...buildings]);
  return (
    <div className={styles["head"]}>
      <Select<string | null>
        aria-label={t("place")}
        placeholder={`${t("place")}: ${t("placeWhat")}`}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: "label" }}
        value={null}
        options={[...choices].map(([value, { name }]) => ({ value, label: name }))}
        onSelect={(key) => choose(key === null ? undefined : choices.get(key))}
      />
      {placing === undefined ? null : (
        <>
          <span role="status">{t("placeHint", { name: placing.name })}</span>
          <Button size="small" onClick={() => choose(undefined)}>
            {t("stopPlacing")}
          </Button>
        </>
      )}
      <Problem error={error} />
    </div>
  );
};
