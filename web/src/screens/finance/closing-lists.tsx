/** The lists of valves to close, a day each; made when the day's money is certified. */
import { useNavigate } from "@tanstack/react-router";
import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./finance.module.css";
import { WaitsFor } from "./waits-for.tsx";
import { lists } from "./words-lists.ts";

type Row = Item<"/closing-lists">;

export const ClosingLists = () => {
  const t = lists.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const [asOf, setAsOf] = useState("");
  const data = usePages(["get", "/closing-lists"], (cursor) =>
    call
      .GET("/closing-lists", { params: { query: cursor === undefined ? {} : { cursor } } })
      .then((answer) => answer.data),
  );
  const make = api.useMutation("post", "/closing-lists", { onSuccess: () => void forget("/closing-lists") });
  const columns: ColumnsType<Row> = [
    { title: t("day"), dataIndex: "asOf" },
    { title: t("season"), dataIndex: "season" },
    { title: t("rows"), align: "right", dataIndex: "rows" },
    { title: t("openThen"), align: "right", render: (_, row) => <Money fen={row.openFen} sign={false} /> },
    { title: t("madeAt"), render: (_, row) => dateTime(row.madeAt) },
  ];
  return (
    <>
      <PageBar
        title={t("closing")}
        readAt={data.readAt}
        actions={
          may("reminder.run") ? (
            <Button
              type="primary"
              loading={make.isPending}
              onClick={() => make.mutate({ body: asOf === "" ? {} : { asOf } })}
            >
              {t("makeList")}
            </Button>
          ) : null
        }
      >
        {may("reminder.run") ? (
          <label className={styles["inline"]}>
            {t("makeDay")} <Input type="date" value={asOf} onChange={({ target }) => setAsOf(target.value)} />
          </label>
        ) : null}
      </PageBar>
      <Problem error={make.error} />
      <WaitsFor error={make.error} />
      {make.data === undefined ? null : (
        <Alert
          type="success"
          showIcon
          title={
            make.data.made
              ? t("made", {
                  rows: make.data.list.rows,
                  waiting: make.data.untold.waiting,
                  visits: make.data.untold.visits,
                })
              : t("thereAlready")
          }
        />
      )}
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        label={t("closing")}
        empty={t("noLists")}
        open={(row) => void navigate({ to: "/finance/closing-lists/$id", params: { id: row.id } })}
      />
    </>
  );
};
