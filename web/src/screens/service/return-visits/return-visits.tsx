/** Closings to ask about, due first: worked from the top by keys, each with its answer or why there is none. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Radio } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, remaining } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useNow } from "#web/furniture/use-now.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCategories } from "../cases/categories.ts";
import styles from "../cases/cases.module.css";
import { forgetTicket } from "../cases/use-ticket.ts";
import { returnVisitWords } from "../words-return-visit.ts";
import { AskPanel, outcomeText, type Visit } from "./ask-panel.tsx";
import type { Outcome, Written } from "./outcome.ts";

const LISTS = ["open", "not-reached", "answered"] as const;

const useColumns = (): ColumnsType<Visit> => {
  const t = returnVisitWords.useWords();
  const { nameOf } = useCategories();
  const now = useNow(30_000);
  return [
    { title: t("ticket"), width: 100, dataIndex: "ticketNo" },
    { title: t("category"), width: 110, render: (_, row) => nameOf(row.category) },
    { title: t("summary"), ellipsis: true, render: (_, row) => row.summary || nameOf(row.category) },
    { title: t("closed"), width: 110, render: (_, row) => dateTime(row.closedAt).slice(5) },
    {
      title: t("due"),
      width: 120,
      render: (_, row) =>
        row.state === "open" ? (
          <span className={Date.parse(row.dueAt) < now ? styles["overdue"] : ""}>
            {remaining(row.dueAt, now)}
          </span>
        ) : row.solved === null ? null : row.solved ? (
          String(row.satisfaction ?? "")
        ) : (
          t("notSolved")
        ),
    },
    { title: t("attempts"), width: 60, dataIndex: "attempts" },
  ];
};

/** Which one is in hand: the first, until the arrows choose another; after one is written down the next takes its place. */
const useChosen = (rows: readonly Visit[]) => {
  const t = returnVisitWords.useWords();
  const [place, setPlace] = useState(0);
  const at = Math.max(0, Math.min(place, rows.length - 1));
  useShortcut("ArrowDown", t("keysMove"), () => setPlace(Math.min(at + 1, rows.length - 1)));
  useShortcut("ArrowUp", t("keysMove"), () => setPlace(Math.max(at - 1, 0)));
  return { chosen: rows[at], choose: (row: Visit) => setPlace(rows.indexOf(row)) };
};

export const ReturnVisits = () => {
  const t = returnVisitWords.useWords();
  const navigate = useNavigate();
  const may = useMay();
  const { list = "open" } = useSearch({ from: "/inside/return-visits" });
  const [said, setSaid] = useState<string>();
  useLive(["ticket.changed"], () => void forget("/return-visits"));
  const data = usePages(
    ["get", "/return-visits", list],
    (cursor) =>
      call
        .GET("/return-visits", {
          params: { query: { state: list, ...(cursor === undefined ? {} : { cursor }) } },
        })
        .then((answer) => answer.data),
    { refetchIntervalMs: 60_000 },
  );
  const { chosen, choose } = useChosen(data.rows);
  const columns = useColumns();
  const done = (written: Written, outcome: Outcome): void => {
    setSaid(t(written, { no: chosen?.ticketNo ?? "", what: outcomeText(t, outcome) }));
    void Promise.all([forget("/return-visits"), forgetTicket()]);
  };
  const works = list === "open" && may("ticket.write");
  return (
    <>
      <PageBar title={t("title")} readAt={data.readAt}>
        <Radio.Group
          aria-label={t("list")}
          optionType="button"
          value={list}
          onChange={(event) =>
            void navigate({
              to: "/return-visits",
              search: event.target.value === "open" ? {} : { list: event.target.value },
            })
          }
          options={LISTS.map((one) => ({ value: one, label: t(one) }))}
        />
        {said === undefined ? null : <span role="status">{said}</span>}
      </PageBar>
      <div className={works ? styles["two"] : ""}>
        <DataTable
          data={data}
          rowKey={(row) => row.id}
          columns={columns}
          tableLayout="fixed"
          picked={works ? chosen?.id : undefined}
          open={(row) =>
            works
              ? choose(row)
              : void navigate({ to: "/tickets/$ticketNo", params: { ticketNo: row.ticketNo } })
          }
          empty={t(list === "open" ? "empty" : "emptyOther")}
          label={t("title")}
        />
        {works && chosen !== undefined ? <AskPanel key={chosen.id} visit={chosen} done={done} /> : null}
      </div>
    </>
  );
};
