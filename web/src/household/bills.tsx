/** Why a home owes what it owes: each bill's lines with the figures of the tariff, `60.22 × 0.19 × 120`. */
import { yuan } from "#web/furniture/format.ts";
import { language } from "#web/words/words.ts";
import type { HomeFacts } from "./home.tsx";
import { Card } from "./parts.tsx";
import styles from "./household.module.css";
import { words } from "./words-home.ts";

type Bill = HomeFacts["bills"][number];

const Line = ({ line }: { line: Bill["lines"][number] }) => {
  const t = words.useWords();
  return (
    <li>
      <p className={styles["formula"]}>{line.formula}</p>
      {line.kind === "heat" ? <p className={styles["quiet"]}>{t("formula")}</p> : null}
      <details>
        <summary>{t("details")}</summary>
        <ol>
          {line.explanation[language()].map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
      </details>
    </li>
  );
};

const OneBill = ({ bill }: { bill: Bill }) => {
  const t = words.useWords();
  const season = t("season", { from: bill.season, to: bill.season + 1 });
  return (
    <details open={bill.openFen > 0} className={styles["bill"]}>
      <summary>
        <span>{bill.kind === "opening" ? `${t("opening")} · ${season}` : season}</span>
        <strong className={bill.openFen > 0 ? styles["owed"] : styles["quiet"]}>
          {bill.openFen > 0 ? `¥ ${yuan(bill.openFen)}` : t("paid")}
        </strong>
      </summary>
      <dl className={styles["facts"]}>
        <dt>{t("billAmount")}</dt>
        <dd>{yuan(bill.amountFen)}</dd>
        <dt>{t("paid")}</dt>
        <dd>{yuan(bill.paidFen)}</dd>
        <dt>{t("open")}</dt>
        <dd>{yuan(bill.openFen)}</dd>
      </dl>
      <ul className={styles["lines"]}>
        {bill.lines.map((line) => (
          <Line key={line.ordinal} line={line} />
        ))}
      </ul>
    </details>
  );
};

export const Bills = ({ bills }: { bills: readonly Bill[] }) => {
  const t = words.useWords();
  return (
    <Card title={t("why")}>
      {bills.length === 0 ? <p>{t("noBills")}</p> : null}
      {bills
        .toSorted((one, other) => other.season - one.season)
        .map((bill) => (
          <OneBill key={bill.id} bill={bill} />
        ))}
    </Card>
  );
};
