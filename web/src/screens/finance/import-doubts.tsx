/** The lines of a looked-at file that a person has to look at: first on its page, and beside the second person's yes. */
import { Segmented, Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Money } from "#web/furniture/money.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./finance.module.css";
import { bank } from "./words-bank.ts";
import { work } from "./words-work.ts";

type Draft = Answer<"get", "/bank-drafts/{id}">;
type Tried = NonNullable<Draft["tried"]>;
type Line = Tried["inDoubt"][number];

/** Where the tags of the result lead. */
export const DOUBTS_ID = "in-doubt";

/** Beside a number that pays more than once in the file. */
export const Twice = ({ draft, accountNo }: { draft: Draft; accountNo: string | null }) => {
  const t = bank.useWords();
  const found = draft.tried?.twice.find((one) => one.accountNo === accountNo);
  if (found === undefined) return null;
  return <Tag color="warning">{t("paysTwice", { rows: found.rows.join("、") })}</Tag>;
};

const PaidTwice = ({ twice }: Pick<Tried, "twice">) => {
  const t = bank.useWords();
  if (twice.length === 0) return null;
  return (
    <>
      <h3>{t("twice", { count: twice.length })}</h3>
      <ul>
        {twice.map((one) => (
          <li key={one.accountNo}>
            {one.accountNo} <Money fen={one.totalFen} /> · {t("paysTwice", { rows: one.rows.join("、") })}
          </li>
        ))}
      </ul>
    </>
  );
};

const InDoubt = ({ draft, tried }: { draft: Draft; tried: Tried }) => {
  const t = bank.useWords();
  const say = work.useWords();
  const [shown, show] = useState<Line["outcome"] | "all">("all");
  const total = (tried.counts["break"] ?? 0) + (tried.counts["suspense"] ?? 0);
  const title = t("inDoubt", { count: total });
  const lines = tried.inDoubt.filter(({ outcome }) => shown === "all" || outcome === shown);
  const outcomes = (["suspense", "break"] as const).filter((one) => (tried.counts[one] ?? 0) > 0);
  return (
    <>
      <h2>{title}</h2>
      {outcomes.length < 2 ? null : (
        <Segmented<Line["outcome"] | "all">
          aria-label={t("outcome")}
          value={shown}
          onChange={show}
          options={[
            { value: "all", label: t("allLines") },
            ...outcomes.map((one) => ({ value: one, label: t(`count.${one}`) })),
          ]}
        />
      )}
      <Table
        rowKey="row"
        dataSource={lines}
        aria-label={title}
        columns={[
          { title: t("row"), dataIndex: "row" },
          { title: t("outcome"), render: (_, one) => <Tag color="warning">{t(`count.${one.outcome}`)}</Tag> },
          {
            title: t("rule"),
            render: (_, one) =>
              one.rule === null ? "" : say(`rule.${one.rule}` as Parameters<typeof say>[0]),
          },
          {
            title: t("accountNo"),
            render: (_, one) => (
              <>
                {one.accountNo} <Twice draft={draft} accountNo={one.accountNo} />
              </>
            ),
          },
          { title: t("payer"), dataIndex: "payer" },
          { title: t("fen"), align: "right", render: (_, one) => <Money fen={one.amountFen} sign={false} /> },
          { title: t("serial"), dataIndex: "serial" },
        ]}
      />
      {tried.inDoubt.length < total ? (
        <p className={styles["quiet"]}>{t("firstOf", { count: tried.inDoubt.length })}</p>
      ) : null}
    </>
  );
};

export const Doubts = ({ draft }: { draft: Draft }) => {
  const t = bank.useWords();
  const { tried } = draft;
  if (tried === null || tried.inDoubt.length + tried.twice.length === 0) return null;
  return (
    <section id={DOUBTS_ID} tabIndex={-1} className={styles["panel"]} aria-label={t("needsPerson")}>
      {tried.inDoubt.length === 0 ? null : <InDoubt draft={draft} tried={tried} />}
      <PaidTwice twice={tried.twice} />
    </section>
  );
};

/** In the list of approvals: what the second person says yes to, line by line. */
export const DraftAsked = ({ id }: { id: string }) => {
  const may = useMay();
  const { data, error } = api.useQuery(
    "get",
    "/bank-drafts/{id}",
    { params: { path: { id } } },
    { enabled: may("bank.read") },
  );
  return (
    <>
      <Problem error={error} />
      {data === undefined ? null : <Doubts draft={data} />}
    </>
  );
};
