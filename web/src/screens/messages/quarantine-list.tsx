/** Mails that could not be read, with the reason; those that wait, or those that somebody has done with. */
import { call } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { whoText } from "#web/furniture/who.tsx";
import { useSession } from "#web/api/session.ts";
import { receivedWords, useWhy } from "./words-received.ts";

const READ_AGAIN_MS = 15_000;
const kilobytes = (bytes: number): number => Math.max(1, Math.round(bytes / 1024));

export const QuarantineList = ({
  list,
  open,
}: {
  list: "quarantine" | "put-away";
  open: (id: string) => void;
}) => {
  const t = receivedWords.useWords();
  const why = useWhy();
  const { bounded } = useSession();
  const isDone = list === "put-away";
  const data = usePages(
    ["get", "/quarantined-messages", list],
    async (cursor) =>
      (
        await call.GET("/quarantined-messages", {
          params: {
            query: { list: isDone ? "settled" : "waiting", ...(cursor === undefined ? {} : { cursor }) },
          },
        })
      ).data,
    { refetchIntervalMs: READ_AGAIN_MS },
  );
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.id}
      tableLayout="fixed"
      open={(row) => open(row.id)}
      empty={t(bounded ? "onlyCompany" : `empty.${list}`)}
      label={`${t("title")} ${t(`list.${list}`)}`}
      columns={[
        { title: t("no"), isWide: true, dataIndex: "id", width: 72 },
        { title: t("at"), width: 100, render: (_, row) => dateTime(row.receivedAt).slice(5) },
        { title: t("reason"), width: 220, ellipsis: true, render: (_, row) => why(row.reason) },
        { title: t("sender"), isWide: true, width: 160, ellipsis: true, dataIndex: "sender" },
        { title: t("what"), ellipsis: true, dataIndex: "subject" },
        {
          title: t("bytes"),
          isWide: true,
          width: 90,
          align: "right",
          render: (_, row) => t("kilobytes", { count: kilobytes(row.bytes) }),
        },
        isDone
          ? {
              title: t("settled"),
              width: 280,
              ellipsis: true,
              render: (_, row) =>
                t("settledLine", {
                  by: whoText(row.settledBy, row.settledByName),
                  at: dateTime(row.settledAt).slice(5),
                  note: row.settledNote,
                }),
            }
          : { title: t("tries"), width: 84, align: "right", dataIndex: "tries" },
      ]}
    />
  );
};
