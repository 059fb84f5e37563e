/** Service areas with who is on duty, what nobody serves, and the moves between them. */
import { Button, Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import styles from "./admin.module.css";
import { NewDuty } from "./area-duty.tsx";
import { AreaMove } from "./area-move.tsx";
import type { Place } from "./building-choice.tsx";
import { type Area, DUTIES, type Finding, inTree } from "./areas.ts";
import { Coverage } from "./coverage.tsx";
import { NewArea } from "./new-area.tsx";
import { rowsOf } from "./rows.ts";
import { StandIns } from "./stand-ins.tsx";
import { words } from "./words.ts";

type Open =
  | { readonly what: "duty"; readonly area: Area }
  | { readonly what: "area" }
  | { readonly what: "move"; readonly target?: string; readonly first: readonly Place[] };

export const AreasPage = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/network/areas");
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const areas = inTree(query.data?.areas ?? []);
  const mend = ({ kind, id, name }: Finding): void => {
    const area = areas.find((one) => one.id === id);
    if (kind === "building-without-area") {
      setOpen({ what: "move", first: [{ key: "buildingIds", id, name }] });
    } else if (area !== undefined) setOpen({ what: "duty", area });
  };
  const columns: ColumnsType<Area> = [
    { title: t("name"), render: (_, row) => `${"　".repeat(row.depth)}${row.name}` },
    { title: t("code"), dataIndex: "code", ellipsis: true, width: 120 },
    { title: t("level"), width: 80, render: (_, row) => t(`level.${row.level}`) },
    { title: t("buildings"), width: 64, dataIndex: "buildings", align: "right" },
    ...DUTIES.map((duty) => ({
      title: t(`duty.${duty}`),
      key: duty,
      render: (_: unknown, row: Area) =>
        row[duty] ??
        (duty === "manager" && row.buildings > 0 ? <Tag color="warning">{t("nobody")}</Tag> : "–"),
    })),
    {
      title: "",
      key: "do",
      width: 190,
      render: (_, row) => (
        <span className={styles["row"]}>
          <Button size="small" onClick={() => setOpen({ what: "duty", area: row })}>
            {t("giveDuty")}
          </Button>
          {row.level === "area" ? (
            <Button size="small" onClick={() => setOpen({ what: "move", target: row.id, first: [] })}>
              {t("takeIn")}
            </Button>
          ) : null}
        </span>
      ),
    },
  ];
  return (
    <>
      <PageBar
        title={t("areasTitle")}
        readAt={query.dataUpdatedAt}
        actions={
          <>
            <Button onClick={() => setOpen({ what: "move", first: [] })}>{t("moveTitle")}</Button>
            <Button type="primary" onClick={() => setOpen({ what: "area" })}>
              {t("newArea")}
            </Button>
          </>
        }
      />
      {query.data === undefined ? null : <Coverage findings={query.data.findings} mend={mend} />}
      <div className={`${styles["panel"]} ${styles["spaced"]}`}>
        <DataTable
          data={rowsOf(query, areas)}
          rowKey={(row) => row.id}
          columns={columns}
          empty={t("noArea")}
          label={t("areasTitle")}
        />
      </div>
      <StandIns />
      {open?.what === "duty" ? <NewDuty area={open.area} close={close} /> : null}
      {open?.what === "area" ? <NewArea areas={areas} close={close} /> : null}
      {open?.what === "move" ? (
        <AreaMove
          areas={areas.filter(({ level }) => level === "area")}
          target={open.target}
          first={open.first}
          close={close}
        />
      ) : null}
    </>
  );
};
