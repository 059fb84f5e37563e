/** One closing list: each home with what to do at its door now. */
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Tag } from "antd";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { ExportButton } from "#web/furniture/export-button.tsx";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { householdPath } from "./household-path.ts";
import { lists } from "./words-lists.ts";

type Row = Item<"/closing-lists/{id}/rows">;

export const ClosingList = () => {
  const t = lists.useWords();
  const navigate = useNavigate();
  const { id } = useParams({ from: "/inside/finance/closing-lists/$id" });
  const data = usePages(["get", "/closing-lists/{id}/rows", id], (cursor) =>
    call
      .GET("/closing-lists/{id}/rows", {
        params: { path: { id }, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Row> = [
    { title: t("account"), dataIndex: "accountNo" },
    { title: t("address"), dataIndex: "address", ellipsis: true },
    { title: t("area"), dataIndex: "area" },
    { title: t("openThen"), align: "right", render: (_, row) => <Money fen={row.openFen} sign={false} /> },
    { title: t("notified"), dataIndex: "notifiedOn" },
    { title: t("toldBy"), dataIndex: "toldBy" },
    { title: t("openNow"), align: "right", render: (_, row) => <Money fen={row.openNowFen} sign={false} /> },
    {
      title: t("now"),
      render: (_, row) => <Tag color={row.now === "close" ? "error" : "default"}>{t(`now.${row.now}`)}</Tag>,
    },
  ];
  return (
    <>
      <PageBar
        title={t("closing")}
        readAt={data.readAt}
        actions={<ExportButton path={`/closing-lists/${id}/export`} />}
      >
        <Link to="/finance/closing-lists">{t("closing")}</Link>
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.accountNo}
        columns={columns}
        label={t("closing")}
        empty={t("noRows")}
        open={(row) => void navigate({ to: householdPath(row.accountNo) })}
      />
    </>
  );
};
