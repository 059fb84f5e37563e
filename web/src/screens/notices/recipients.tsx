/** The homes behind a number of the funnel, contacts masked; the same as a table to take along. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { ExportButton } from "#web/furniture/export-button.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useCodes } from "#web/words/codes.ts";
import type { RecipientFilter } from "./filters.ts";
import styles from "./notices.module.css";
import { funnelWords, useReasons } from "./words-funnel.ts";

type Recipient = Item<"/notices/{id}/recipients">;

const useColumns = (): ColumnsType<Recipient> => {
  const t = funnelWords.useWords();
  const word = useCodes();
  const why = useReasons();
  return [
    {
      title: t("account"),
      render: (_, row) => (
        <Link to="/households/$accountNo" params={{ accountNo: row.accountNo }}>
          {row.accountNo}
        </Link>
      ),
    },
    { title: t("home"), dataIndex: "home" },
    { title: t("channel"), render: (_, row) => word("medium", row.channel) },
    { title: t("contact"), dataIndex: "contact" },
    { title: t("outcome"), render: (_, row) => t(`outcome.${row.outcome}`) },
    { title: t("reason"), render: (_, row) => why(row.reason) },
    { title: t("at"), render: (_, row) => dateTime(row.changedAt) },
    {
      title: t("message"),
      render: (_, row) =>
        row.messageId === null ? null : (
          <Link to="/messages" search={{ message: row.messageId }}>
            {row.messageId}
          </Link>
        ),
    },
  ];
};

export const Recipients = ({
  noticeId,
  filter,
}: {
  noticeId: string;
  filter: Omit<RecipientFilter, "replies">;
}) => {
  const t = funnelWords.useWords();
  const why = useReasons();
  const navigate = useNavigate();
  const { all: _all, ...asked } = filter;
  const data = usePages(
    ["get", "/notices/{id}/recipients", noticeId, asked],
    async (cursor) =>
      (
        await call.GET("/notices/{id}/recipients", {
          params: {
            path: { id: noticeId },
            query: { ...asked, ...(cursor === undefined ? {} : { cursor }) },
          },
        })
      ).data,
  );
  const name =
    asked.outcome === undefined
      ? t("wholeList")
      : [t(`outcome.${asked.outcome}`), ...(asked.reason === undefined ? [] : [why(asked.reason)])].join(
          " · ",
        );
  return (
    <>
      <div className={styles["steps"]}>
        <h2 className={styles["heading"]}>
          {t("list")}: {name}
        </h2>
        <ExportButton path={`/notices/${noticeId}/recipients/export`} filter={asked} />
        <Button
          type="text"
          onClick={() => void navigate({ to: "/notices/$noticeId", params: { noticeId }, search: {} })}
        >
          {t("closeList")}
        </Button>
      </div>
      <DataTable
        data={data}
        rowKey={(row) => row.accountNo}
        columns={useColumns()}
        scroll={{ x: "max-content" }}
        empty={t("emptyList")}
        label={`${t("list")}: ${name}`}
      />
    </>
  );
};
