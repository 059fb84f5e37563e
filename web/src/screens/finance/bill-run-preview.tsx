/** What a run would issue: by class, against last season group by group, and who cannot be billed and why. Each group opens its list. */
import { Button, Drawer } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { percent, yuan } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { Table } from "#web/furniture/table.tsx";
import styles from "./finance.module.css";
import { runs } from "./words-runs.ts";

type Preview = Answer<"post", "/bill-runs/preview">;
type Group = Preview["groups"][number]["group"];
type Row = Item<"/bill-runs/preview/{group}">;

/** Words for a value that may be new to this page; then the value says it. */
const known = (key: string, plain: string): string => {
  const said = runs.say(key as Parameters<typeof runs.say>[0]);
  return said === key ? plain : said;
};

const Tiles = ({ preview }: { preview: Preview }) => {
  const t = runs.useWords();
  const change = preview.sumFen + preview.issued.sumFen - preview.lastSeason.sumFen;
  const tiles: readonly (readonly [string, string, string])[] = [
    [t("toIssue"), `¥${yuan(preview.sumFen)}`, t("bills", { count: preview.count })],
    [t("issuedBefore"), `¥${yuan(preview.issued.sumFen)}`, t("bills", { count: preview.issued.count })],
    [
      t("lastSeason", { season: preview.lastSeason.season }),
      `¥${yuan(preview.lastSeason.sumFen)}`,
      t("bills", { count: preview.lastSeason.count }),
    ],
    [t("change"), `${change > 0 ? "+" : ""}${yuan(change)}`, `${t("roll")} ${preview.rollCount}`],
    [
      t("beyond"),
      String(preview.beyondCount),
      t("beyondHint", { percent: percent(preview.limitBasisPoints, 10_000), yuan: yuan(preview.limitFen) }),
    ],
  ];
  return (
    <div className={styles["tiles"]}>
      {tiles.map(([name, figure, more]) => (
        <div key={name} className={styles["tile"]}>
          {name}
          <strong>{figure}</strong>
          <span className={styles["quiet"]}>{more}</span>
        </div>
      ))}
    </div>
  );
};

const GroupRows = ({ preview, group, close }: { preview: Preview; group: Group; close: () => void }) => {
  const t = runs.useWords();
  const title = t("rowsOf", { group: t(`group.${group}`) });
  const data = usePages(
    ["get", "/bill-runs/preview/{group}", preview.season, preview.asOf, group],
    (cursor) =>
      call
        .GET("/bill-runs/preview/{group}", {
          params: {
            path: { group },
            query: {
              season: preview.season,
              asOf: preview.asOf,
              ...(cursor === undefined ? {} : { cursor }),
            },
          },
        })
        .then((answer) => answer.data),
  );
  return (
    <Drawer open title={title} size={920} onClose={close}>
      <DataTable<Row>
        data={data}
        rowKey={(row) => `${row.accountNo} ${row.chargePoint}`}
        label={title}
        empty={t("noRows")}
        columns={[
          { title: t("account"), dataIndex: "accountNo" },
          { title: t("point"), dataIndex: "chargePoint" },
          { title: t("reason"), render: (_, row) => known(`refusal.${row.reason}`, row.reason) },
          { title: t("heatClass"), render: (_, row) => known(`class.${row.heatClass}`, row.heatClass) },
          { title: t("area"), dataIndex: "areaM2", align: "right" },
          { title: t("price"), dataIndex: "priceYuan", align: "right" },
          { title: t("days"), dataIndex: "days", align: "right" },
          { title: t("now"), dataIndex: "amountYuan", align: "right" },
          { title: t("last"), dataIndex: "lastAmountYuan", align: "right" },
        ]}
      />
    </Drawer>
  );
};

export const RunPreview = ({ preview }: { preview: Preview }) => {
  const t = runs.useWords();
  const [group, setGroup] = useState<Group>();
  return (
    <div className={styles["stack"]}>
      <Tiles preview={preview} />
      <div className={styles["columns"]}>
        <section className={styles["panel"]} aria-label={t("groups")}>
          <h2>{t("groups")}</h2>
          <Table
            rowKey="group"
            aria-label={t("groups")}
            dataSource={preview.groups.filter((one) => one.count > 0)}
            columns={[
              {
                title: t("group"),
                render: (_, row) => (
                  <Button type="link" size="small" onClick={() => setGroup(row.group)}>
                    {t(`group.${row.group}`)}
                  </Button>
                ),
              },
              { title: t("count"), align: "right", dataIndex: "count" },
              {
                title: t("sum"),
                align: "right",
                render: (_, row) => <Money fen={row.sumFen} sign={false} />,
              },
              {
                title: t("lastSum"),
                align: "right",
                render: (_, row) => <Money fen={row.lastSumFen} sign={false} />,
              },
              { title: t("beyondLimit"), align: "right", dataIndex: "beyondCount" },
            ]}
          />
        </section>
        <div className={styles["stack"]}>
          <section className={styles["panel"]} aria-label={t("cannot")}>
            <h2>{t("cannot")}</h2>
            <Table
              rowKey="reason"
              aria-label={t("cannot")}
              dataSource={preview.refused}
              columns={[
                { title: t("reason"), render: (_, row) => known(`refusal.${row.reason}`, row.reason) },
                { title: t("count"), align: "right", dataIndex: "count" },
              ]}
            />
          </section>
          <section className={styles["panel"]} aria-label={t("byClass")}>
            <h2>{t("byClass")}</h2>
            <Table
              rowKey={(row) => `${row.heatClass} ${row.loopType}`}
              aria-label={t("byClass")}
              dataSource={preview.byClass}
              columns={[
                { title: t("heatClass"), render: (_, row) => known(`class.${row.heatClass}`, row.heatClass) },
                { title: t("loopType"), render: (_, row) => known(`loop.${row.loopType}`, row.loopType) },
                { title: t("count"), align: "right", dataIndex: "count" },
                {
                  title: t("sum"),
                  align: "right",
                  render: (_, row) => <Money fen={row.sumFen} sign={false} />,
                },
              ]}
            />
          </section>
        </div>
      </div>
      {group === undefined ? null : (
        <GroupRows preview={preview} group={group} close={() => setGroup(undefined)} />
      )}
    </div>
  );
};
