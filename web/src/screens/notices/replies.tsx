/** What people answered to a notice. */
import { Link } from "@tanstack/react-router";
import { call } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { RecipientFilter } from "./filters.ts";
import { funnelWords } from "./words-funnel.ts";

export const Replies = ({
  noticeId,
  kind,
}: {
  noticeId: string;
  kind: NonNullable<RecipientFilter["replies"]>;
}) => {
  const t = funnelWords.useWords();
  const data = usePages(
    ["get", "/notices/{id}/replies", noticeId, kind],
    async (cursor) =>
      (
        await call.GET("/notices/{id}/replies", {
          params: {
            path: { id: noticeId },
            query: { kind, ...(cursor === undefined ? {} : { cursor }) },
          },
        })
      ).data,
  );
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.receivedId}
      empty={t("noReplies")}
      label={t("replies")}
      columns={[
        { title: t("at"), render: (_, row) => dateTime(row.recordedAt) },
        { title: t("kind"), render: () => t(`reply.${kind}`) },
        {
          title: t("account"),
          render: (_, row) =>
            row.accountNo === null ? null : (
              <Link to="/households/$accountNo" params={{ accountNo: row.accountNo }}>
                {row.accountNo}
              </Link>
            ),
        },
      ]}
    />
  );
};
