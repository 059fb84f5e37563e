/** What would have gone, were a provider set up: whole texts, recipients masked. */
import { call } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { useSession } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./messages.module.css";
import { words } from "./words.ts";

const READ_AGAIN_MS = 10_000;

export const Outbox = ({ open }: { open: (id: string) => void }) => {
  const t = words.useWords();
  const word = useCodes();
  const { bounded } = useSession();
  const data = usePages(
    ["get", "/outbox"],
    async (cursor) =>
      (await call.GET("/outbox", { params: { query: cursor === undefined ? {} : { cursor } } })).data,
    { refetchIntervalMs: READ_AGAIN_MS },
  );
  return (
    <DataTable
      data={data}
      rowKey={(row) => row.id}
      tableLayout="fixed"
      open={(row) => open(row.messageId)}
      empty={t(bounded ? "onlyCompany" : "emptyOutbox")}
      label={t("list.outbox")}
      columns={[
        { title: t("shown"), width: 100, render: (_, row) => dateTime(row.shownAt).slice(5) },
        { title: t("channel"), width: 72, render: (_, row) => word("medium", row.channel) },
        { title: t("recipient"), width: 140, dataIndex: "recipient" },
        {
          title: t("text"),
          render: (_, row) => (
            <span className={styles["whole"]}>
              {row.subject === "" ? "" : `${row.subject}\n`}
              {row.body}
              {row.attachments.length === 0 ? null : (
                <>
                  {"\n"}
                  {t("attached", { names: row.attachments.join("、") })}
                </>
              )}
            </span>
          ),
        },
        { title: t("segments"), width: 84, align: "right", dataIndex: "segments" },
      ]}
    />
  );
};
