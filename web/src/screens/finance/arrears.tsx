/** Who has what to pay, when all money of the day is certified. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Input, Select } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { ExportButton } from "#web/furniture/export-button.tsx";
import { yuan } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import styles from "./finance.module.css";
import { householdPath } from "./household-path.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { type ArrearsSearch, arrearsSearchOf } from "./routes.ts";
import { WaitsFor } from "./waits-for.tsx";
import { lists } from "./words-lists.ts";

type Row = Item<"/arrears">;
type Totals = Answer<"get", "/arrears">["totals"];
const WHICH = ["open", "debts"] as const;
type Which = (typeof WHICH)[number];

export const Arrears = () => {
  const t = lists.useWords();
  const code = useCodes();
  const navigate = useNavigate();
  const { asOf = "", of = "open" } = useSearch({ from: "/inside/finance/arrears" });
  const change = (part: ArrearsSearch): void =>
    void navigate({ to: "/finance/arrears", search: arrearsSearchOf({ asOf, of, ...part }), replace: true });
  const [totals, setTotals] = useState<Totals>(null);
  const filter = { of, ...(asOf === "" ? {} : { asOf }) };
  const data = usePages(["get", "/arrears", asOf, of], async (cursor) => {
    const { data: page } = await call.GET("/arrears", {
      params: { query: { ...filter, limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
    });
    if (page !== undefined && cursor === undefined) setTotals(page.totals);
    return page;
  });
  const columns: ColumnsType<Row> = [
    { title: t("account"), dataIndex: "accountNo" },
    { title: t("address"), dataIndex: "address", ellipsis: true },
    { title: t("area"), dataIndex: "area" },
    { title: t("manager"), dataIndex: "manager" },
    { title: t("open"), align: "right", render: (_, row) => <Money fen={row.openFen} sign={false} /> },
    { title: t("season"), align: "right", render: (_, row) => <Money fen={row.seasonFen} sign={false} /> },
    { title: t("due"), align: "right", render: (_, row) => <Money fen={row.dueFen} sign={false} /> },
    { title: t("oldest"), align: "right", dataIndex: "oldestSeason" },
    { title: t("stage"), render: (_, row) => (language() === "en" ? row.stageNameEn : row.stageName) },
    { title: t("holds"), render: (_, row) => row.holds.map((hold) => code("hold", hold)).join(" ") },
  ];
  return (
    <>
      <PageBar
        title={t("arrears")}
        readAt={data.readAt}
        actions={<ExportButton path="/arrears/export" filter={filter} />}
      >
        <label className={styles["inline"]}>
          {t("asOf")}{" "}
          <Input type="date" value={asOf} onChange={({ target }) => change({ asOf: target.value })} />
        </label>
        <Select<Which>
          aria-label={t("of")}
          value={of}
          onChange={(chosen) => change({ of: chosen })}
          options={WHICH.map((value) => ({ value, label: t(`of.${value}`) }))}
        />
        <SavedFilters except={["asOf"]} />
        {totals === null || data.error !== null ? null : (
          <strong>{t("totals", { count: totals.accounts, yuan: yuan(totals.openFen) })}</strong>
        )}
      </PageBar>
      <DataTable
        data={data}
        rowKey={(row) => row.accountNo}
        columns={columns}
        label={t("arrears")}
        empty={t("noArrears")}
        open={(row) => void navigate({ to: householdPath(row.accountNo) })}
      />
      <WaitsFor error={data.error} />
    </>
  );
};
