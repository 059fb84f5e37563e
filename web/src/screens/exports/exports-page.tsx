/** My exports: what I asked for as a table, how far each is, and the files while they are kept. */
import { Button, Progress, Space, Tag } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { download } from "#web/api/documents.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { failureOf, isUnfinished } from "#web/furniture/export-waiting.tsx";
import { writtenPercent } from "#web/furniture/export-share.ts";
import { sizeOf } from "#web/furniture/file-size.ts";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { useStay } from "#web/furniture/use-stay.ts";
import { language } from "#web/words/words.ts";
import { words } from "./words.ts";

type Row = Item<"/exports">;

const LOOK_EVERY_MS = 1000;
const COLOURS: Readonly<Record<Row["state"], string>> = {
  waiting: "default",
  writing: "processing",
  ready: "success",
  failed: "error",
  cancelled: "default",
  expired: "default",
};

/** Read again while something is not finished, and left in peace afterwards. */
const useExports = () => {
  const [isMoving, setMoving] = useState(false);
  const data = usePages(
    ["get", "/exports"],
    (cursor) =>
      call
        .GET("/exports", { params: { query: cursor === undefined ? {} : { cursor } } })
        .then((answer) => answer.data),
    isMoving ? { refetchIntervalMs: LOOK_EVERY_MS } : {},
  );
  const isUnderWay = data.rows.some(isUnfinished);
  if (isUnderWay !== isMoving) setMoving(isUnderWay);
  return data;
};

const State = ({ row }: { row: Row }) => {
  const t = words.useWords();
  const wasKept = row.state === "cancelled" && row.until !== null;
  const isOurs = row.state !== "ready" || row.mayFetch;
  const share = writtenPercent(row);
  return (
    <>
      <Tag color={isOurs ? COLOURS[row.state] : "warning"}>
        {isOurs ? t(`state.${wasKept ? "deleted" : row.state}`) : t("rightsChanged")}
      </Tag>{" "}
      {row.fetched > 0 ? <span>{t("times", { times: row.fetched })}</span> : null}
      {share === null ? null : <Progress aria-label={row.fileName} percent={share} size="small" />}
      <Problem error={failureOf(row)} />
    </>
  );
};

/** What can be done with one; a refusal stands beside it. */
const Deeds = ({ row, again }: { row: Row; again: () => void }) => {
  const t = words.useWords();
  const [error, setError] = useState<unknown>(null);
  const [bytes, setBytes] = useState<number | null>(null);
  useStay(bytes !== null);
  const run = async (deed: () => Promise<unknown>): Promise<void> => {
    setError(null);
    try {
      await deed();
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBytes(null);
      again();
    }
  };
  const take = (): Promise<void> => {
    setBytes(0);
    return download(`/exports/${row.id}/file`, { name: row.fileName, progress: setBytes });
  };
  const drop = () => call.POST("/exports/{id}/cancel", { params: { path: { id: row.id } } });
  return (
    <>
      <Space>
        {row.state === "ready" ? (
          <Button
            type="primary"
            size="small"
            disabled={!row.mayFetch}
            loading={bytes !== null}
            onClick={() => void run(take)}
          >
            {t("download")}
          </Button>
        ) : null}
        {row.state === "ready" || isUnfinished(row) ? (
          <Button size="small" onClick={() => void run(drop)}>
            {t(row.state === "ready" ? "remove" : "cancel")}
          </Button>
        ) : null}
      </Space>
      {bytes === null ? null : <div role="status">{t("coming", { size: sizeOf(bytes) })}</div>}
      <Problem error={error} />
    </>
  );
};

const titleOf = ({ title }: Row): string => title[language() === "en" ? "en" : "zh-CN"];

export const ExportsPage = () => {
  const t = words.useWords();
  const data = useExports();
  const columns: ColumnsType<Row> = [
    {
      title: t("table"),
      render: (_, row) => (
        <>
          <div>{titleOf(row)}</div>
          <small>{row.fileName}</small>
        </>
      ),
    },
    { title: t("purpose"), dataIndex: "purpose" },
    { title: t("state"), render: (_, row) => <State row={row} /> },
    {
      title: t("rows"),
      align: "right",
      render: (_, row) =>
        isUnfinished(row) && row.ofRows !== null ? t("rowsOf", { rows: row.rows, of: row.ofRows }) : row.rows,
    },
    { title: t("size"), align: "right", render: (_, row) => (row.bytes === 0 ? "" : sizeOf(row.bytes)) },
    { title: t("asOf"), render: (_, row) => (row.asOf === null ? "" : dateTime(row.asOf)) },
    {
      title: t("until"),
      render: (_, row) => (row.state === "ready" && row.until !== null ? dateTime(row.until) : ""),
    },
    { title: t("deeds"), render: (_, row) => <Deeds row={row} again={data.again} /> },
  ];
  return (
    <>
      <PageBar title={t("title")} readAt={data.readAt}>
        <span>{t("hint")}</span>
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("empty")}
        label={t("title")}
      />
    </>
  );
};
