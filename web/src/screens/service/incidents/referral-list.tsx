/** Orders from outside (12345 and others), what is due first in hand; a row opens the case that it is about. */
import { useNavigate } from "@tanstack/react-router";
import type { ColumnsType } from "antd/es/table";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { useNow } from "#web/furniture/use-now.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { useCodes } from "#web/words/codes.ts";
import { incidentWords } from "../words-incident.ts";

type Referral = Item<"/referrals">;

export const ReferralList = () => {
  const t = incidentWords.useWords();
  const word = useCodes();
  const navigate = useNavigate();
  const now = useNow(30_000);
  const data = usePages(["get", "/referrals", "standing"], (cursor) =>
    call
      .GET("/referrals", {
        params: { query: { state: "standing", ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Referral> = [
    { title: t("outsideNo"), width: 150, dataIndex: "outsideNo" },
    { title: t("authority"), width: 130, dataIndex: "authorityName" },
    { title: t("titleOf"), ellipsis: true, render: (_, row) => (row.title === "" ? row.demand : row.title) },
    { title: t("state"), width: 100, render: (_, row) => word("referral", row.state) },
    { title: t("round"), width: 60, dataIndex: "round" },
    { title: t("received"), width: 130, render: (_, row) => dateTime(row.receivedAt) },
    {
      title: t("due"),
      width: 120,
      render: (_, row) => (
        <Mark tone={Date.parse(row.dueAt) < now ? "bad" : "plain"}>{remaining(row.dueAt, now)}</Mark>
      ),
    },
    { title: t("ticket"), width: 110, dataIndex: "ticketNo" },
  ];
  return (
    <>
      <PageBar title={t("referrals")} readAt={data.readAt} />
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        tableLayout="fixed"
        open={(row) => void navigate({ to: "/tickets/$ticketNo", params: { ticketNo: row.ticketNo } })}
        empty={t("emptyReferrals")}
        label={t("referrals")}
      />
    </>
  );
};
