/** What messages cost, by month, purpose, channel and provider; what nobody priced is estimated apart. */
import { Input } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dayOf, yuan } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useCodes } from "#web/words/codes.ts";
import styles from "./messages.module.css";
import { words } from "./words.ts";

/** Thousandths of a fen, as text, as yuan; a sum may be beyond what a number holds exactly. */
const yuanOf = (milliFen: bigint): string => yuan(Number((milliFen + 500n) / 1000n));
const MONTH = /^20\d\d-(0[1-9]|1[0-2])$/;

export const Costs = () => {
  const t = words.useWords();
  const word = useCodes();
  const thisMonth = dayOf(new Date(houseNow()).toISOString()).slice(0, 7);
  const [chosenFrom, setFrom] = useState<string>();
  const [chosenTo, setTo] = useState<string>();
  const [from, to] = [chosenFrom ?? thisMonth, chosenTo ?? thisMonth];
  const { data, error, refetch } = api.useQuery(
    "get",
    "/messages/costs",
    { params: { query: { from, to } } },
    { enabled: MONTH.test(from) && MONTH.test(to) },
  );
  const items = data?.items ?? [];
  const sum = (name: "costMilliFen" | "estimatedMilliFen"): bigint =>
    items.reduce((total, row) => total + BigInt(row[name]), 0n);
  return (
    <section className={styles["panel"]} aria-label={t("list.costs")}>
      <div className={styles["row"]}>
        <label>
          {t("from")} <Input type="month" value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label>
          {t("to")} <Input type="month" value={to} onChange={(event) => setTo(event.target.value)} />
        </label>
      </div>
      <Problem error={error} again={() => void refetch()} />
      <Table
        aria-label={t("list.costs")}
        rowKey={(row) => `${row.month} ${row.purpose} ${row.channel} ${row.provider}`}
        dataSource={items}
        empty={<Empty text={t("noCosts")} />}
        columns={[
          { title: t("month"), dataIndex: "month" },
          { title: t("purpose"), render: (_, row) => word("purpose", row.purpose) },
          { title: t("channel"), render: (_, row) => word("medium", row.channel) },
          { title: t("provider"), dataIndex: "provider" },
          { title: t("messages"), dataIndex: "messages", align: "right" },
          { title: t("segments"), dataIndex: "segments", align: "right" },
          { title: t("cost"), align: "right", render: (_, row) => yuanOf(BigInt(row.costMilliFen)) },
          { title: t("unpriced"), dataIndex: "unpriced", align: "right" },
          {
            title: t("estimated"),
            align: "right",
            render: (_, row) => yuanOf(BigInt(row.estimatedMilliFen)),
          },
        ]}
        {...(items.length === 0
          ? {}
          : {
              footer: () =>
                `${t("sum")}: ${t("cost")} ${yuanOf(sum("costMilliFen"))} · ${t("estimated")} ${yuanOf(
                  sum("estimatedMilliFen"),
                )}`,
            })}
      />
    </section>
  );
};
