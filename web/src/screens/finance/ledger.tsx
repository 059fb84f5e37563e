/** The trial balance, and closing the days of the books in their order. */
import { Button, Input, Popconfirm, Spin, Tag } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { whoText } from "#web/furniture/who.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import styles from "./finance.module.css";
import { lists } from "./words-lists.ts";

type Trial = Answer<"get", "/ledger/trial-balance">;

const TrialBalance = ({ trial }: { trial: Trial }) => {
  const t = lists.useWords();
  const isBalanced = trial.debitFen === trial.creditFen;
  return (
    <section className={styles["panel"]} aria-label={t("trial")}>
      <h2>
        {t("trial")} {trial.until}{" "}
        <Tag color={isBalanced ? "success" : "error"}>{t(isBalanced ? "balanced" : "unbalanced")}</Tag>
      </h2>
      <table className={styles["numbers"]}>
        <thead>
          <tr>
            <th scope="col">{t("code")}</th>
            <th scope="col">{t("debit")}</th>
            <th scope="col">{t("credit")}</th>
          </tr>
        </thead>
        <tbody>
          {trial.rows.map((row) => (
            <tr key={row.code}>
              <th scope="row">
                {row.number} {language() === "en" ? row.nameEn : row.nameZh}
              </th>
              <td>
                <Money fen={row.debitFen} sign={false} />
              </td>
              <td>
                <Money fen={row.creditFen} sign={false} />
              </td>
            </tr>
          ))}
          <tr className={styles["sum"]}>
            <th scope="row">{t("sum")}</th>
            <td>
              <Money fen={trial.debitFen} sign={false} />
            </td>
            <td>
              <Money fen={trial.creditFen} sign={false} />
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
};

const Days = () => {
  const t = lists.useWords();
  const say = common.useWords();
  const may = useMay();
  const intent = useIntent("ledger-close", { day: "" });
  const { data, error } = api.useQuery("get", "/ledger/days", {});
  const next = data?.next ?? null;
  const close = async (day: string): Promise<void> => {
    intent.change({ day });
    const closed = await intent.send((asked, key) =>
      call.POST("/ledger/days/{day}/close", {
        params: { path: { day: asked.day }, header: { "Idempotency-Key": key } },
      }),
    );
    if (closed !== undefined) await forget("/ledger/days", "/ledger/trial-balance");
  };
  return (
    <section className={`${styles["panel"]} ${styles["stack"]}`} aria-label={t("days")}>
      <h2>{t("days")}</h2>
      <Problem error={error} />
      <IntentProblem intent={intent} again={() => void close(intent.content.day)} />
      {!may("ledger.close-day") || data === undefined ? null : next === null ? (
        <p className={styles["quiet"]}>{t("noNext")}</p>
      ) : (
        <div>
          <Popconfirm
            title={t("closeSure", { day: next })}
            okText={say("confirm")}
            cancelText={say("cancel")}
            onConfirm={() => void close(next)}
          >
            <Button type="primary" loading={intent.isSending} disabled={intent.isLocked}>
              {t("closeDay", { day: next })}
            </Button>
          </Popconfirm>
        </div>
      )}
      <Table
        rowKey="day"
        aria-label={t("days")}
        dataSource={data?.items ?? []}
        empty={<Empty text={t("noDays")} />}
        columns={[
          { title: t("bookDay"), dataIndex: "day" },
          {
            title: t("state"),
            render: (_, day) => (
              <Tag color={day.state === "closed" ? "success" : "default"}>{t(`day.${day.state}`)}</Tag>
            ),
          },
          {
            title: t("turnover"),
            align: "right",
            render: (_, day) => <Money fen={day.debitFen} sign={false} />,
          },
          {
            title: t("dayClosed"),
            render: (_, day) =>
              day.closedAt === null
                ? ""
                : t("closedBy", { who: whoText(day.closedBy, day.closedByName), at: dateTime(day.closedAt) }),
          },
        ]}
      />
    </section>
  );
};

export const Ledger = () => {
  const t = lists.useWords();
  const [until, setUntil] = useState("");
  const { data, error, dataUpdatedAt } = api.useQuery("get", "/ledger/trial-balance", {
    params: { query: until === "" ? {} : { until } },
  });
  return (
    <>
      <PageBar title={t("ledger")} readAt={dataUpdatedAt}>
        <label className={styles["inline"]}>
          {t("until")} <Input type="date" value={until} onChange={({ target }) => setUntil(target.value)} />
        </label>
      </PageBar>
      <Problem error={error} />
      <div className={styles["columns"]}>
        {data === undefined ? error === null ? <Spin /> : null : <TrialBalance trial={data} />}
        <Days />
      </div>
    </>
  );
};
