/** An imported file, line by line: what became of each. */
import { Link, useParams } from "@tanstack/react-router";
import { Segmented, Spin, Tag } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { TableButton } from "#web/furniture/table-button.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { Who } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useSayProblem } from "#web/words/problems.ts";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";
import { work } from "./words-work.ts";

type Line = Item<"/bank-imports/{id}/lines">;
const STATES = ["posted", "proved", "suspense", "break", "ignored"] as const;
type State = (typeof STATES)[number];

const Lines = ({ id, state }: { id: string; state: State | undefined }) => {
  const t = bank.useWords();
  const say = work.useWords();
  const data = usePages(["get", "/bank-imports/{id}/lines", id, state], (cursor) =>
    call
      .GET("/bank-imports/{id}/lines", {
        params: {
          path: { id },
          query: {
            limit: 100,
            ...(state === undefined ? {} : { state }),
            ...(cursor === undefined ? {} : { cursor }),
          },
        },
      })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Line> = [
    { title: t("row"), dataIndex: "rowNo" },
    { title: t("kind"), render: (_, row) => t(`kind.${row.kind}` as Parameters<typeof t>[0]) },
    { title: t("serial"), dataIndex: "serial" },
    { title: t("accountNo"), dataIndex: "accountNo" },
    { title: t("fen"), align: "right", render: (_, row) => <Money fen={row.amountFen} sign={false} /> },
    { title: t("valueDate"), dataIndex: "valueDate" },
    {
      title: t("outcome"),
      render: (_, row) => <Tag>{t(`line.${row.state}` as Parameters<typeof t>[0])}</Tag>,
    },
    {
      title: t("rule"),
      render: (_, row) => (row.rule === null ? "" : say(`rule.${row.rule}` as Parameters<typeof say>[0])),
    },
    { title: t("paymentId"), dataIndex: "paymentId" },
  ];
  return (
    <DataTable
      data={data}
      rowKey={(row) => String(row.rowNo)}
      columns={columns}
      label={t("linesOf")}
      empty={t("noLines")}
    />
  );
};

export const ImportedFile = () => {
  const t = bank.useWords();
  const may = useMay();
  const { id } = useParams({ from: "/inside/finance/imported/$id" });
  const [state, setState] = useState<State | "all">("all");
  const { data, error, refetch, dataUpdatedAt } = api.useQuery(
    "get",
    "/bank-imports/{id}",
    { params: { path: { id } } },
    { refetchInterval: (query) => (query.state.data?.state === "posting" ? 1000 : false) },
  );
  const refusal = data?.refusal as { code?: string; message?: string } | null | undefined;
  const sayProblem = useSayProblem(refusal?.code !== undefined);
  return (
    <>
      <PageBar
        title={data?.fileName ?? t("linesOf")}
        readAt={dataUpdatedAt}
        actions={
          may("bank.import") ? (
            <TableButton path={`/bank-imports/${id}/error-file`} name={`bank-errors-${id}`} />
          ) : null
        }
      >
        {data === undefined ? null : (
          <>
            <Tag>{t(`import.${data.state}` as Parameters<typeof t>[0])}</Tag>
            <span>
              <ChannelName code={data.channel} /> · {t("items", { count: data.lineCount })}{" "}
              <Money fen={data.totalFen} /> · <Who login={data.receivedBy} name={data.receivedByName} />{" "}
              {dateTime(data.receivedAt)}
            </span>
            {data.bankDay === null ? null : (
              <Link
                to="/finance/bank-days/$channel/$day"
                params={{ channel: data.channel, day: data.bankDay }}
              >
                {t("toDay")}
              </Link>
            )}
          </>
        )}
      </PageBar>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined && error === null ? <Spin /> : null}
      {refusal?.code === undefined ? null : (
        <p className={styles["bad"]} role="alert">
          {sayProblem(refusal.code, { title: refusal.message ?? "" }).title} <code>{refusal.code}</code>
        </p>
      )}
      <Segmented<State | "all">
        aria-label={t("outcome")}
        value={state}
        onChange={setState}
        options={[
          { value: "all", label: t("allLines") },
          ...STATES.map((value) => ({
            value,
            label: `${t(`line.${value}`)} ${data?.counts[value] ?? 0}`,
          })),
        ]}
      />
      <Lines id={id} state={state === "all" ? undefined : state} />
    </>
  );
};
