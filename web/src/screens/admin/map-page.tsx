/** Where communities and buildings lie (坐标): chosen here, put on the map by a click. Without tiles nobody needs it, and the page says so. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Select } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { PlaceMap, type Spot } from "#web/furniture/place-map.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { mapWords } from "#web/words/map.ts";
import styles from "./admin.module.css";
import { PositionList } from "./position-list.tsx";

type Community = Item<"/network/communities">;
const MOST_PAGES = 20;

/** All of the town, page by page. */
const readCommunities = async (): Promise<Community[]> => {
  const found: Community[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const { data } = await call.GET("/network/communities", { params: { query } });
    if (data === undefined) break;
    found.push(...data.items);
    if (data.nextCursor === null) break;
    cursor = data.nextCursor;
  }
  return found;
};

const Places = ({ community }: { community: Community }) => {
  const t = mapWords.useWords();
  const map = api.useQuery("get", "/network/map", {}, { staleTime: 600_000 });
  const { data, error, refetch } = api.useQuery("get", "/network/communities/{communityId}/buildings", {
    params: { path: { communityId: community.id } },
  });
  const placed = new Set((map.data?.buildings ?? []).map(({ id }) => id));
  const isCommunityPlaced = (map.data?.communities ?? []).some(({ id }) => id === community.id);
  const standOf = (id: string) => (placed.has(id) ? "own" : isCommunityPlaced ? "beside" : "nowhere");
  const spots = (data?.buildings ?? []).map(({ id, name }): Spot => {
    const stand = standOf(id);
    return {
      id,
      name,
      communityId: community.id,
      community: community.name,
      tone: ({ own: "good", beside: "info", nowhere: "warn" } as const)[stand],
      said: t(`stand.${stand}`),
    };
  });
  return (
    <>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? null : (
        <PlaceMap
          spots={spots}
          legend={[
            ["good", t("stand.own")],
            ["info", t("stand.beside")],
            ["warn", t("stand.nowhere")],
          ]}
        />
      )}
    </>
  );
};

export const MapPage = () => {
  const t = mapWords.useWords();
  const map = api.useQuery("get", "/network/map", {}, { staleTime: 600_000 });
  const { data, error, refetch } = useQuery({
    queryKey: ["get", "/network/communities", "all"],
    queryFn: readCommunities,
    staleTime: 600_000,
  });
  const [chosen, choose] = useState<string>();
  const [isListing, setListing] = useState(false);
  const community = data?.find(({ id }) => id === chosen);
  const placed = new Set((map.data?.communities ?? []).map(({ id }) => id));
  return (
    <>
      <PageBar title={t("positions")} actions={<Button onClick={() => setListing(true)}>{t("list")}</Button>}>
        <Select<string>
          aria-label={t("community")}
          placeholder={t("community")}
          popupMatchSelectWidth={false}
          showSearch={{ optionFilterProp: "label" }}
          value={chosen ?? null}
          onChange={choose}
          options={(data ?? []).map(({ id, name }) => ({
            value: id,
            label: placed.has(id) ? name : `${name} · ${t("stand.nowhere")}`,
          }))}
        />
      </PageBar>
      <Problem error={error ?? map.error} again={() => void refetch()} />
      {map.data !== undefined && map.data.tiles === null ? (
        <Alert type="info" showIcon title={t("noTilesSet")} />
      ) : null}
      <section className={styles["panel"]} aria-label={t("positions")}>
        {community === undefined ? <Empty text={t("chooseCommunity")} /> : <Places community={community} />}
      </section>
      {isListing ? <PositionList close={() => setListing(false)} /> : null}
    </>
  );
};
