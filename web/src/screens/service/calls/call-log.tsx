/** Today's calls; asked for by a body, because a number has no place in an address. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Select } from "antd";
import { call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { minutesAndSeconds } from "#web/furniture/use-now.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { callWords } from "../words-calls.ts";
import { CALL_OUTCOMES, callFilterOf } from "./call-filter.ts";
import styles from "./calls.module.css";

type Call = Answer<"post", "/hotline/calls/search">["items"][number];
type Outcome = (typeof CALL_OUTCOMES)[number];

const lengthOf = (row: Call): string =>
  row.answeredAt === null || row.finishedAt === null
    ? ""
    : minutesAndSeconds((Date.parse(row.finishedAt) - Date.parse(row.answeredAt)) / 1000);

const useColumns = (): ColumnsType<Call> => {
  const t = callWords.useWords();
  const word = useCodes();
  return [
    { title: t("began"), width: 110, render: (_, row) => dateTime(row.beganAt).slice(5) },
    { title: t("direction"), width: 70, render: (_, row) => word("direction", row.direction) },
    { title: t("number"), width: 140, dataIndex: "number" },
    {
      title: t("household"),
      width: 130,
      render: (_, row) =>
        row.accountNo === null ? (
          row.addressText
        ) : (
          <Link to="/households/$accountNo" params={{ accountNo: row.accountNo }}>
            {row.accountNo}
          </Link>
        ),
    },
    {
      title: t("outcome"),
      width: 90,
      render: (_, row) => (row.outcome === null ? word("call", row.state) : word("outcome", row.outcome)),
    },
    { title: t("wrapUp"), width: 150, render: (_, row) => word("wrap-up", row.wrapUp) },
    {
      title: t("ticket"),
      width: 140,
      render: (_, row) =>
        row.ticketNo === null ? null : (
          <Link to="/tickets/$ticketNo" params={{ ticketNo: row.ticketNo }}>
            {row.ticketNo}
          </Link>
        ),
    },
    { title: t("agent"), width: 120, dataIndex: "agent" },
    { title: t("seconds"), width: 80, render: (_, row) => lengthOf(row) },
  ];
};

export const CallLog = () => {
  const t = callWords.useWords();
  const word = useCodes();
  const may = useMay();
  const navigate = useNavigate();
  const { outcome } = useSearch({ from: "/inside/calls" });
  useLive(["hotline.board"], () => void forget("/hotline/calls/search"));
  const data = usePages(["post", "/hotline/calls/search", outcome], (cursor) =>
    call
      .POST("/hotline/calls/search", {
        body: {
          limit: 50,
          ...(outcome === undefined ? {} : { outcome }),
          ...(cursor === undefined ? {} : { cursor }),
        },
      })
      .then((answer) => answer.data),
  );
  return (
    <>
      <div className={styles["filters"]}>
        <Select<Outcome>
          aria-label={t("outcome")}
          placeholder={t("outcome")}
          allowClear
          value={outcome ?? null}
          onChange={(code: Outcome | undefined) =>
            void navigate({
              to: "/calls",
              search: callFilterOf({ list: "log", outcome: code }),
              replace: true,
            })
          }
          options={CALL_OUTCOMES.map((code) => ({ value: code, label: word("outcome", code) }))}
          popupMatchSelectWidth={false}
        />
      </div>
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={useColumns()}
        open={
          may("hotline.work")
            ? (row) => void navigate({ to: "/desk", search: { call: Number(row.id) } })
            : undefined
        }
        empty={t("emptyLog")}
        label={t("log")}
      />
    </>
  );
};
