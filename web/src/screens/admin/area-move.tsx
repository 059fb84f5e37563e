/** Gives buildings to another area from a day on: first what moves and what nobody would serve, then the move. */
import { Alert, Button, Drawer, Form, Select, Tag } from "antd";
import dayjs from "dayjs";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { tellDone } from "#web/furniture/above.ts";
import { DayField } from "#web/furniture/day-field.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Tall } from "#web/furniture/tall.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { Table } from "#web/furniture/table.tsx";
import styles from "./admin.module.css";
import type { Area } from "./areas.ts";
import { BuildingChoice, idsOf, type Place } from "./building-choice.tsx";
import { FindingTags } from "./coverage.tsx";
import { words } from "./words.ts";

type Preview = Answer<"post", "/network/areas/{areaId}/buildings/preview">;
type Moved = Preview["buildings"][number];

const CoverageChange = ({ coverage }: { coverage: Preview["coverage"] }) => {
  const t = words.useWords();
  const { before, after, added, removed } = coverage;
  return (
    <Alert
      type={added.length > 0 ? "warning" : "success"}
      showIcon
      title={t("coverageChange", { before, after })}
      description={
        added.length + removed.length === 0 ? (
          t("coverageSame")
        ) : (
          <>
            {added.length === 0 ? null : (
              <p>
                {t("coverageAdded")} <FindingTags findings={added} />
              </p>
            )}
            {removed.length === 0 ? null : (
              <p>
                {t("coverageRemoved")} <FindingTags findings={removed} />
              </p>
            )}
          </>
        )
      }
    />
  );
};

const WhatMoves = ({ preview }: { preview: Preview }) => {
  const t = words.useWords();
  const { buildings, homes, openCases, coverage } = preview;
  return (
    <>
      <p>
        <strong>{t("moves", { buildings: buildings.length, homes, openCases })}</strong>{" "}
        {openCases > 0 ? <span className={styles["quiet"]}>{t("casesStay")}</span> : null}
      </p>
      <CoverageChange coverage={coverage} />
      <Tall label={t("movesTitle")}>
        <Table<Moved>
          aria-label={t("movesTitle")}
          className={styles["spaced"] ?? ""}
          rowKey="id"
          dataSource={buildings}
          columns={[
            { title: t("building"), dataIndex: "name" },
            {
              title: t("areaNow"),
              render: (_, row) => row.area ?? <Tag color="warning">{t("noAreaYet")}</Tag>,
            },
            { title: t("homes"), dataIndex: "homes", align: "right", width: 80 },
            { title: t("openCases"), dataIndex: "openCases", align: "right", width: 96 },
            {
              title: "",
              width: 150,
              render: (_, row) =>
                row.laterFrom === null ? null : (
                  <Tag color="error">{t("laterFrom", { from: row.laterFrom })}</Tag>
                ),
            },
          ]}
        />
      </Tall>
    </>
  );
};

/** The day is null while none that exists stands in its field. */
type Draft = { readonly areaId?: string; readonly places: readonly Place[]; readonly day: string | null };

type Props = {
  readonly areas: readonly Area[];
  readonly target: string | undefined;
  readonly first: readonly Place[];
  readonly close: () => void;
};

export const AreaMove = ({ areas, target, first, close }: Props) => {
  const t = words.useWords();
  // Closed by Escape or × it is all there again; another area or building to begin with is another draft.
  const { draft, keep, clear } = useDraft<Draft>(
    `area-move-${target ?? ""}-${first.map(({ id }) => id).join("-")}`,
    {
      ...(target === undefined ? {} : { areaId: target }),
      places: first,
      day: houseToday().format("YYYY-MM-DD"),
    },
  );
  const { areaId, places, day } = draft;
  const look = api.useMutation("post", "/network/areas/{areaId}/buildings/preview");
  const move = api.useMutation("post", "/network/areas/{areaId}/buildings");
  const preview = look.data;
  /** What was seen is what is done: another place, area or day is looked at anew. */
  const change = (typed: Partial<Draft>): void => {
    keep(typed);
    look.reset();
    move.reset();
  };
  const isBlocked = preview?.buildings.some(({ laterFrom }) => laterFrom !== null) ?? true;
  const carryOut = (): void => {
    if (areaId === undefined || day === null || preview === undefined) return;
    move.mutate(
      {
        params: { path: { areaId } },
        body: { buildingIds: preview.buildings.map(({ id }) => id), from: day },
      },
      {
        onSuccess: ({ assigned }) => {
          tellDone(t("moved", { count: assigned, from: day }));
          clear();
          void forget("/network/areas").then(close);
        },
      },
    );
  };
  return (
    <Drawer open size={760} title={t("moveTitle")} onClose={close}>
      <Form layout="vertical">
        <Form.Item label={t("moveTo")} htmlFor="move-to">
          <Select
            id="move-to"
            showSearch={{ optionFilterProp: "label" }}
            {...(areaId === undefined ? {} : { value: areaId })}
            onChange={(chosen: string) => change({ areaId: chosen })}
            options={areas.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item label={t("moveWhat")}>
          <BuildingChoice places={places} change={(chosen) => change({ places: chosen })} />
        </Form.Item>
        <Form.Item label={t("from")} htmlFor="move-from">
          <DayField
            id="move-from"
            allowClear={false}
            value={day === null ? null : dayjs(day)}
            onChange={(chosen) => change({ day: chosen?.format("YYYY-MM-DD") ?? null })}
          />
        </Form.Item>
      </Form>
      <p className={styles["row"]}>
        <Button
          type={preview === undefined ? "primary" : "default"}
          disabled={areaId === undefined || day === null || places.length === 0}
          loading={look.isPending}
          onClick={() =>
            areaId === undefined || day === null
              ? undefined
              : look.mutate({ params: { path: { areaId } }, body: { ...idsOf(places), from: day } })
          }
        >
          {t("previewMove")}
        </Button>
        {preview === undefined || preview.buildings.length === 0 ? null : (
          <Button type="primary" disabled={isBlocked} loading={move.isPending} onClick={carryOut}>
            {t("carryOutMove", { count: preview.buildings.length })}
          </Button>
        )}
      </p>
      <Problem error={look.error ?? move.error} />
      {preview === undefined ? null : preview.buildings.length === 0 ? (
        <p>{t("nothingMoves")}</p>
      ) : (
        <WhatMoves preview={preview} />
      )}
    </Drawer>
  );
};
