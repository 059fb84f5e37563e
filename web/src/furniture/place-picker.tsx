/** Chooses places: by the network step by step, by name in the town, by area. What is chosen stands as tags. */
import { Cascader, Select, Tag } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { placeWords } from "#web/words/places.ts";
import { useHits } from "./finder-hits.ts";
import styles from "./furniture.module.css";
import { PLACE_KEYS, type Place, type PlaceKey } from "./place-keys.ts";
import { Problem } from "./problem.tsx";

type Props = {
  readonly places: readonly Place[];
  readonly change: (places: readonly Place[]) => void;
  /** What may be chosen; everything when it is left out. */
  readonly keys?: readonly PlaceKey[];
};

type Node = { value: string; label: string; isLeaf?: boolean; children?: Node[] };

/** Heat sources with their stations; the loops of a station are read when it is opened. */
const useNetworkTree = () => {
  const { data, error } = api.useQuery("get", "/network", {}, { staleTime: 600_000 });
  const [loops, setLoops] = useState<Readonly<Record<string, readonly Node[]>>>({});
  const [failure, setFailure] = useState<unknown>(null);
  const open = async (stationId: string): Promise<void> => {
    try {
      const { data: station } = await call.GET("/network/stations/{stationId}", {
        params: { path: { stationId } },
      });
      const children = (station?.loops ?? []).map(({ id, code, zone }) => ({
        value: id,
        label: `${code} ${zone}`.trim(),
        isLeaf: true,
      }));
      setLoops((before) => ({ ...before, [stationId]: children }));
    } catch (refused) {
      setFailure(refused);
    }
  };
  const tree = (data?.heatSources ?? []).map((source) => ({
    value: source.id,
    label: source.name,
    children: source.stations.map(({ id, name }): Node => {
      const children = loops[id];
      return {
        value: id,
        label: name,
        isLeaf: children?.length === 0,
        ...(children === undefined ? {} : { children: [...children] }),
      };
    }),
  }));
  return { tree, open, error: error ?? failure };
};

const LEVELS = ["heatSourceIds", "stationIds", "loopIds"] as const;

const NetworkChoice = ({ add, keys }: { add: (place: Place) => void; keys: readonly PlaceKey[] }) => {
  const t = placeWords.useWords();
  const { tree, open, error } = useNetworkTree();
  return (
    <>
      <Cascader<Node>
        aria-label={t("network")}
        placeholder={t("network")}
        options={tree}
        value={[]}
        changeOnSelect
        expandTrigger="click"
        showSearch
        loadData={(path) => {
          const station = path[1];
          if (station !== undefined) void open(station.value);
        }}
        onChange={(path, nodes) => {
          const level = LEVELS[path.length - 1];
          const node = nodes.at(-1);
          if (level === undefined || node === undefined || !keys.includes(level)) return;
          const name = level === "loopIds" ? `${nodes[1]?.label ?? ""} ${node.label}` : node.label;
          add({ key: level, id: node.value, name });
        }}
      />
      <Problem error={error} />
    </>
  );
};

const KIND_OF = { communities: "communityIds", buildings: "buildingIds" } as const;

const TownChoice = ({ add, keys }: { add: (place: Place) => void; keys: readonly PlaceKey[] }) => {
  const t = placeWords.useWords();
  const [typed, setTyped] = useState("");
  const { groups, isReading, error } = useHits(typed.normalize("NFKC").trim(), ["communities", "buildings"]);
  const found = groups.flatMap(({ kind, hits }) => {
    const key = kind === "communities" || kind === "buildings" ? KIND_OF[kind] : undefined;
    if (key === undefined || !keys.includes(key)) return [];
    return hits.map((hit): Place => ({ key, id: hit.id ?? "", name: hit.title }));
  });
  return (
    <>
      <Select<string | null>
        aria-label={t("town")}
        placeholder={t("town")}
        value={null}
        loading={isReading}
        popupMatchSelectWidth={false}
        showSearch={{ filterOption: false, searchValue: typed, onSearch: setTyped }}
        notFoundContent={t("typeToFind")}
        options={found.map((place) => ({
          value: `${place.key} ${place.id}`,
          label: `${t(place.key)} ${place.name}`,
        }))}
        onSelect={(chosen) => {
          const place = found.find(({ key, id }) => `${key} ${id}` === chosen);
          if (place !== undefined) add(place);
          setTyped("");
        }}
      />
      <Problem error={error} />
    </>
  );
};

const AreaChoice = ({ add }: { add: (place: Place) => void }) => {
  const t = placeWords.useWords();
  const { data, error } = api.useQuery("get", "/network/areas", {}, { staleTime: 600_000 });
  const areas = data?.areas ?? [];
  return (
    <>
      <Select<string | null>
        aria-label={t("area")}
        placeholder={t("area")}
        value={null}
        showSearch={{ optionFilterProp: "label" }}
        popupMatchSelectWidth={false}
        options={areas.map(({ id, name }) => ({ value: id, label: name }))}
        onSelect={(id) => {
          const area = areas.find((one) => one.id === id);
          if (area !== undefined) add({ key: "areaIds", id: area.id, name: area.name });
        }}
      />
      <Problem error={error} />
    </>
  );
};

const isSame = (one: Place, other: Place): boolean => one.key === other.key && one.id === other.id;

export const PlacePicker = ({ places, change, keys = PLACE_KEYS }: Props) => {
  const t = placeWords.useWords();
  const add = (place: Place): void => {
    if (!places.some((one) => isSame(one, place))) change([...places, place]);
  };
  return (
    <div className={styles["places"]}>
      <div className={styles["placeInputs"]}>
        <NetworkChoice add={add} keys={keys} />
        <TownChoice add={add} keys={keys} />
        {keys.includes("areaIds") ? <AreaChoice add={add} /> : null}
      </div>
      <div className={styles["reasons"]} role="group" aria-label={t("chosen")}>
        {places.length === 0 ? <span className={styles["asOf"]}>{t("none")}</span> : null}
        {places.map((place) => (
          <Tag
            key={`${place.key} ${place.id}`}
            closable={{ "aria-label": t("remove", { name: place.name }) }}
            onClose={(event) => {
              event.preventDefault();
              change(places.filter((one) => !isSame(one, place)));
            }}
          >
            {t(place.key)} {place.name}
          </Tag>
        ))}
      </div>
    </div>
  );
};
