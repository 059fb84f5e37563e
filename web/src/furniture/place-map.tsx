/**
 * The map of a list of buildings, one piece for every page that has one. It needs no tiles: a schematic grid, community by community.
 * Where the house has tiles, and these buildings have a position, the same lies on them; what has none stays in the grid.
 */
import { Radio } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { mapWords } from "#web/words/map.ts";
import { Empty } from "./empty.tsx";
import { spotsByPosition } from "./map-groups.ts";
import styles from "./place-map.module.css";
import { type Spot, SpotGrid, type Tone } from "./spot-grid.tsx";
import { TileMap } from "./tile-map.tsx";

export type { Spot, Tone } from "./spot-grid.tsx";

type Props = {
  readonly spots: readonly Spot[];
  /** What each colour means, in the order in which it is shown; each with how many there are. */
  readonly legend: readonly (readonly [Tone, string])[];
  readonly open?: ((spot: Spot) => void) | undefined;
};

const Legend = ({ spots, legend }: Pick<Props, "spots" | "legend">) => (
  <>
    {legend.map(([tone, name]) => (
      <span key={tone}>
        <i className={styles["key"]} data-tone={tone} />
        {name} {spots.filter((spot) => spot.tone === tone).length}
      </span>
    ))}
  </>
);

export const PlaceMap = ({ spots, legend, open }: Props) => {
  const t = mapWords.useWords();
  const { data, error } = api.useQuery("get", "/network/map", {}, { staleTime: 600_000, retry: false });
  const [chosen, choose] = useState<"grid" | "tiles">();
  const tiles = data?.tiles ?? null;
  const { groups, unplaced } = spotsByPosition(spots, data);
  const view = tiles === null ? "grid" : (chosen ?? (groups.length > 0 ? "tiles" : "grid"));
  if (spots.length === 0) return <Empty text={t("empty")} />;
  return (
    <>
      <div className={styles["head"]}>
        {tiles === null ? null : (
          <Radio.Group
            aria-label={t("view")}
            size="small"
            optionType="button"
            value={view}
            onChange={(event) => choose(event.target.value as "grid" | "tiles")}
            options={(["tiles", "grid"] as const).map((one) => ({ value: one, label: t(one) }))}
          />
        )}
        <Legend spots={spots} legend={legend} />
        {error === null ? null : <span className={styles["quiet"]}>{t("noAnswer")}</span>}
        {tiles !== null && groups.length === 0 ? (
          <span className={styles["quiet"]}>{t("noPositions")}</span>
        ) : null}
      </div>
      {view === "tiles" && tiles !== null ? (
        <>
          <TileMap tiles={tiles} groups={groups} unplaced={unplaced} open={open} />
          {unplaced.length === 0 ? null : (
            <>
              <p className={styles["quiet"]}>{t("unplaced", { count: unplaced.length })}</p>
              <SpotGrid spots={unplaced} open={open} />
            </>
          )}
        </>
      ) : (
        <SpotGrid spots={spots} open={open} />
      )}
    </>
  );
};
