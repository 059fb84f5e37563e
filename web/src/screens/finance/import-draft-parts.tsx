/** What was found in a file, part by part. */
import { Link } from "@tanstack/react-router";
import { Alert, Button, Tag } from "antd";
import type { Answer } from "#web/api/types.ts";
import { Money } from "#web/furniture/money.tsx";
import { Table } from "#web/furniture/table.tsx";
import { useSayProblem } from "#web/words/problems.ts";
import { language } from "#web/words/words.ts";
import styles from "./finance.module.css";
import { DOUBTS_ID, Twice } from "./import-doubts.tsx";
import { Paper } from "./paper.tsx";
import { bank } from "./words-bank.ts";

type Draft = Answer<"get", "/bank-drafts/{id}">;
type Part = { readonly draft: Draft };

/** Why nothing of it can be taken: what happened, where, what to do, and what would read it. */
export const Refused = ({ draft }: Part) => {
  const { refusal } = draft;
  if (refusal === null) return null;
  return <WhyRefused draft={draft} refusal={refusal} />;
};

const WhyRefused = ({ draft, refusal }: Part & { refusal: NonNullable<Draft["refusal"]> }) => {
  const t = bank.useWords();
  const said = useSayProblem()(refusal.code, { title: refusal.message, remedy: refusal.remedy ?? undefined });
  const isOtherEncoding =
    ["utf-8", "gb18030"].includes(draft.looksLike) &&
    draft.looksLike !== draft.encoding &&
    draft.entries.length === 0;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={t("refusedTitle")}
      description={
        <>
          {isOtherEncoding ? (
            <p>
              <strong>
                {t("wrongEncoding", {
                  declared: draft.encoding.toUpperCase(),
                  found: draft.looksLike.toUpperCase(),
                })}
              </strong>
            </p>
          ) : null}
          {draft.looksLike === "workbook" ? (
            <p>
              <strong>{t("isWorkbook")}</strong>
            </p>
          ) : null}
          <p>
            {refusal.row === null ? null : <Tag>{t("whereRow", { row: refusal.row })}</Tag>}
            <strong>{said.title}</strong> <code>{refusal.code}</code>
          </p>
          {draft.fitting.length === 0 ? null : <p>{t("fits", { names: draft.fitting.join(", ") })}</p>}
          <p>{said.remedy}</p>
          {said.by !== "page" || language() === "en" ? null : (
            <p lang="en" className={styles["quiet"]}>
              {refusal.message}
            </p>
          )}
          <Link to="/finance/imports">{t("again")}</Link>
        </>
      }
    />
  );
};

export const FirstLines = ({ draft }: Part) => {
  const t = bank.useWords();
  if (draft.head.length === 0) return null;
  return (
    <section className={styles["panel"]} aria-label={t("firstLines", { encoding: draft.encoding })}>
      <h2>{t("firstLines", { encoding: draft.encoding })}</h2>
      <Paper
        text={draft.head.join("\n")}
        label={t("firstLines", { encoding: draft.encoding })}
        rows={draft.head.length + 1}
      />
    </section>
  );
};

const TotalRow = ({ name, count, fen }: { name: string; count: number | null; fen: number | null }) => {
  const t = bank.useWords();
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{count ?? t("notStated")}</td>
      <td>{fen === null ? t("notStated") : <Money fen={fen} sign={false} />}</td>
    </tr>
  );
};

/** The file's own totals beside what its lines add up to, and beside the trial. */
export const Totals = ({ draft }: Part) => {
  const t = bank.useWords();
  const { stated, computed, tried } = draft;
  if (computed === null) return null;
  const isStated = stated.count !== null || stated.totalFen !== null;
  const agrees =
    (stated.count === null || stated.count === computed.count) &&
    (stated.totalFen === null || stated.totalFen === computed.totalFen);
  return (
    <section className={styles["panel"]} aria-label={t("totals")}>
      <h2>
        {t("totals")}{" "}
        {isStated ? <Tag color={agrees ? "success" : "error"}>{t(agrees ? "agree" : "differ")}</Tag> : null}
      </h2>
      <table className={styles["numbers"]}>
        <thead>
          <tr>
            <th scope="col">{t("part")}</th>
            <th scope="col">{t("count")}</th>
            <th scope="col">{t("sum")}</th>
          </tr>
        </thead>
        <tbody>
          <TotalRow name={t("stated")} count={stated.count} fen={stated.totalFen} />
          <TotalRow name={t("computed")} count={computed.count} fen={computed.totalFen} />
          {tried === null ? null : (
            <TotalRow name={t("tried")} count={tried.lineCount} fen={tried.totalFen} />
          )}
        </tbody>
      </table>
    </section>
  );
};

const WARNING = new Set(["break", "suspense", "held"]);

const toDoubts = (): void => {
  const lines = document.getElementById(DOUBTS_ID);
  lines?.scrollIntoView({ block: "center" });
  lines?.focus();
};

export const Tried = ({ draft }: Part) => {
  const t = bank.useWords();
  if (draft.tried === null) return null;
  const hasLines = draft.tried.inDoubt.length > 0;
  return (
    <section className={styles["panel"]} aria-label={t("result")}>
      <h2>{t(draft.state === "imported" ? "resultOfTrial" : "result")}</h2>
      <p className={styles["row"]}>
        {Object.entries(draft.tried.counts).map(([outcome, count]) => {
          const said = `${t(`count.${outcome}` as Parameters<typeof t>[0])} ${count}`;
          return WARNING.has(outcome) && hasLines ? (
            <Button key={outcome} size="small" onClick={toDoubts}>
              {said}
            </Button>
          ) : (
            <Tag key={outcome} color={WARNING.has(outcome) ? "warning" : "default"}>
              {said}
            </Tag>
          );
        })}
      </p>
    </section>
  );
};

export const Problems = ({ draft }: Part) => {
  const t = bank.useWords();
  const sayProblem = useSayProblem(draft.problemCount > 0);
  if (draft.problemCount === 0) return null;
  return (
    <section className={styles["panel"]} aria-label={t("problems", { count: draft.problemCount })}>
      <h2>{t("problems", { count: draft.problemCount })}</h2>
      <ul>
        {draft.problems.map((problem) => (
          <li key={`${problem.row} ${problem.code}`}>
            {t("whereRow", { row: problem.row })} ·{" "}
            {sayProblem(problem.code, { title: problem.message }).title} <code>{problem.code}</code>
          </li>
        ))}
      </ul>
    </section>
  );
};

export const FirstEntries = ({ draft }: Part) => {
  const t = bank.useWords();
  if (draft.entries.length === 0) return null;
  return (
    <section aria-label={t("firstEntries", { count: draft.entries.length })}>
      <h2>{t("firstEntries", { count: draft.entries.length })}</h2>
      <Table
        rowKey="row"
        dataSource={draft.entries}
        aria-label={t("firstEntries", { count: draft.entries.length })}
        columns={[
          { title: t("row"), dataIndex: "row" },
          { title: t("kind"), render: (_, row) => t(`kind.${row.kind}` as Parameters<typeof t>[0]) },
          { title: t("serial"), dataIndex: "serial" },
          {
            title: t("accountNo"),
            render: (_, row) => (
              <>
                {row.accountNo} <Twice draft={draft} accountNo={row.accountNo} />
              </>
            ),
          },
          { title: t("payer"), dataIndex: "payer" },
          { title: t("day"), dataIndex: "day" },
          { title: t("fen"), align: "right", render: (_, row) => <Money fen={row.amountFen} sign={false} /> },
        ]}
      />
    </section>
  );
};
