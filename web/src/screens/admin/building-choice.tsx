/** Chooses buildings by the network alone: a community, then all of it or one building; or all that an area serves. */
import { useQuery } from "@tanstack/react-query";
import { Select, Tag } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./admin.module.css";
import { words } from "./words.ts";

type Community = Item<"/network/communities">;
export type Place = {
  readonly key: "buildingIds" | "communityIds" | "areaIds";
  readonly id: string;
  readonly name: string;
};
/** In the list of a community's buildings: all of them. */
const WHOLE = "whole";

const keyOf = ({ key, id }: Place): string => `${key} ${id}`;

/** As the API takes them. */
export const idsOf = (places: readonly Place[]) => {
  const of = (key: Place["key"]): string[] => places.filter((place) => place.key === key).map(({ id }) => id);
  return { buildingIds: of("buildingIds"), communityIds: of("communityIds"), areaIds: of("areaIds") };
};

/** Some hundreds in a large town: read whole, filtered as somebody types. */
const useCommunities = () =>
  useQuery({
    queryKey: ["get", "/network/communities", "all"],
    staleTime: 600_000,
    queryFn: async ({ signal }) => {
      const found: Community[] = [];
      let cursor: string | undefined;
      do {
        const { data } = await call.GET("/network/communities", {
          params: { query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } },
          signal,
        });
        found.push(...(data?.items ?? []));
        cursor = data?.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    },
  });

const InCommunity = ({ add, onlyBuildings }: { add: (place: Place) => void; onlyBuildings: boolean }) => {
  const t = words.useWords();
  const communities = useCommunities();
  const [chosen, setChosen] = useState<Community>();
  const buildings = api.useQuery(
    "get",
    "/network/communities/{communityId}/buildings",
    { params: { path: { communityId: chosen?.id ?? "0" } } },
    { enabled: chosen !== undefined },
  );
  const put = (id: string): void => {
    if (chosen === undefined) return;
    if (id === WHOLE) return add({ key: "communityIds", id: chosen.id, name: chosen.name });
    const building = buildings.data?.buildings.find((one) => one.id === id);
    if (building !== undefined) add({ key: "buildingIds", id, name: `${chosen.name}${building.name}` });
  };
  return (
    <>
      <span className={styles["choice"]}>
        <Select<string | null>
          aria-label={t("community")}
          placeholder={t("community")}
          showSearch={{ optionFilterProp: "label" }}
          loading={communities.isFetching}
          value={chosen?.id ?? null}
          onChange={(id) => setChosen(communities.data?.find((one) => one.id === id))}
          options={(communities.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </span>
      <span className={styles["choice"]}>
        <Select<string | null>
          aria-label={t("building")}
          placeholder={t("building")}
          disabled={chosen === undefined}
          loading={buildings.isFetching}
          showSearch={{ optionFilterProp: "label" }}
          value={null}
          onChange={(id) => (id === null ? undefined : put(id))}
          options={[
            ...(onlyBuildings ? [] : [{ value: WHOLE, label: t("wholeCommunity") }]),
            ...(buildings.data?.buildings ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </span>
      <Problem error={communities.error ?? buildings.error} />
    </>
  );
};

const OfArea = ({ add }: { add: (place: Place) => void }) => {
  const t = words.useWords();
  const { data, error } = api.useQuery("get", "/network/areas");
  return (
    <>
      <span className={styles["choice"]}>
        <Select<string | null>
          aria-label={t("wholeArea")}
          placeholder={t("wholeArea")}
          showSearch={{ optionFilterProp: "label" }}
          value={null}
          onChange={(id) => {
            const area = data?.areas.find((one) => one.id === id);
            if (area !== undefined) add({ key: "areaIds", id: area.id, name: area.name });
          }}
          options={(data?.areas ?? [])
            .filter(({ level }) => level === "area")
            .map(({ id, name }) => ({ value: id, label: name }))}
        />
      </span>
      <Problem error={error} />
    </>
  );
};

export const BuildingChoice = ({
  places,
  change,
  onlyBuildings = false,
}: {
  places: readonly Place[];
  change: (places: readonly Place[]) => void;
  onlyBuildings?: boolean;
}) => {
  const t = words.useWords();
  const add = (place: Place): void => {
    if (!places.some((one) => keyOf(one) === keyOf(place))) change([...places, place]);
  };
  return (
    <div className={styles["row"]}>
      <InCommunity add={add} onlyBuildings={onlyBuildings} />
      {onlyBuildings ? null : <OfArea add={add} />}
      <span role="group" aria-label={t("chosenPlaces")}>
        {places.map((place) => (
          <Tag
            key={keyOf(place)}
            closable={{ "aria-label": t("takeOut", { name: place.name }) }}
            onClose={(event) => {
              event.preventDefault();
              change(places.filter((one) => keyOf(one) !== keyOf(place)));
            }}
          >
            {t(`place.${place.key}`)} {place.name}
          </Tag>
        ))}
      </span>
    </div>
  );
};
