/** Messages that were read, the youngest first; senders masked. */
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { whoText } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useCodes } from "#web/words/codes.ts";
import type { ReceivedListName } from "./routes.ts";
import { receivedWords } from "./words-received.ts";

type Received = Item<"/received-messages">;
type Name = Exclude<ReceivedListName, "quarantine" | "put-away">;

const ASKED = { waiting: { list: "unplaced" }, all: {}, settled: { list: "settled" } } as const;
const READ_AGAIN_MS = 15_000;

const useColumns = (list: Name): ColumnsType<Received> => {
  const t = receivedWords.useWords();
  const word = useCodes();
  return [
    { title: t("no"), isWide: true, dataIndex: "id", width: 72 },
    { title: t("at"), width: 100, render: (_, row) => dateTime(row.receivedAt).slice(5) },
    { title: t("channel"), isWide: true, width: 64, render: (_, row) => word("medium", row.channel) },
    { title: t("sender"), width: 140, ellipsis: true, dataIndex: "sender" },
    {
      title: t("what"),
      ellipsis: true,
      render: (_, row) => [row.subject, row.excerpt].filter((part) => part !== "").join(" · "),
    },
    {
      title: t("outcome"),
      isWide: true,
      width: 110,
      render: (_, row) => (row.outcome === null ? t("deciding") : t(`outcome.${row.outcome}`)),
    },
    { title: t("ticket"), width: 100, dataIndex: "ticketNo" },
    { title: t("account"), isWide: true, width: 110, dataIndex: "accountNo" },
    ...(list === "settled"
      ? [
          {
            title: t("settled"),
            isWide: true,
            width: 260,
            ellipsis: true,
            render: (_: unknown, row: Received) =>
              t("settledLine", {
                by: whoText(row.settledBy, row.settledByName),
                at: dateTime(row.settledAt).slice(5),
                note: row.settledNote,
              }),
          },
        ]
      : []),
  ];
};

export const ReceivedList = ({ list, open }: { list: Name; open: (id: string) => void }) => {
  const t = receivedWords.useWords();
  const data = usePages(
    ["get", "/received-messages", list],
    async (cursor) =>
      (
        await call.GET("/received-messages", {
          params: { query: { ...ASKED[list], ...(cursor === undefined ? {} : { cursor }) } },
        })
      ).data,
    { refetchIntervalMs: READ_AGAIN_MS },
  );
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.id}
      columns={useColumns(list)}
      tableLayout="fixed"
      open={(row) => open(row.id)}
      empty={t(`empty.${list}`)}
      label={`${t("title")} ${t(`list.${list}`)}`}
    />
  );
};
