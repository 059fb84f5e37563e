/** Cases, the youngest first: twenty of them without scrolling on a screen of 1366 by 768. */
import { Tag } from "antd";
import type { ColumnsType } from "antd/es/table";
import { call, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { language } from "#web/words/words.ts";
import { words } from "./words.ts";

type Ticket = Item<"/tickets">;

export const TicketList = () => {
  const t = words.useWords();
  const data = usePages(["get", "/tickets", { state: "open" }], (cursor) =>
    call
      .GET("/tickets", { params: { query: { state: "open", ...(cursor === undefined ? {} : { cursor }) } } })
      .then((answer) => answer.data),
  );
  useLive(["ticket.changed", "ticket.assigned"], () => void forget("/tickets"));
  const columns: ColumnsType<Ticket> = [
    { title: t("no"), dataIndex: "ticketNo" },
    {
      title: t("category"),
      render: (_, row) => (language() === "en" ? row.categoryNameEn : row.categoryName),
    },
    { title: t("summary"), dataIndex: "summary", ellipsis: true, width: 360 },
    { title: t("place"), dataIndex: "building", ellipsis: true },
    { title: t("state"), render: (_, row) => <Tag>{row.state}</Tag> },
    { title: t("owner"), dataIndex: "owner" },
    { title: t("opened"), render: (_, row) => dateTime(row.openedAt) },
    { title: t("due"), render: (_, row) => (row.dueAt === null ? "" : remaining(row.dueAt)) },
  ];
  return (
    <>
      <PageBar title={t("title")} readAt={data.readAt} />
      <DataTable
        data={data}
        rowKey={(row) => row.ticketNo}
        columns={columns}
        empty={t("empty")}
        label={t("title")}
      />
    </>
  );
};
