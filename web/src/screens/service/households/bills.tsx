/** Bills, each with the sentences that say why it is this amount. */
import { Button } from "antd";
import { useState } from "react";
import { houseNow } from "#web/api/house-time.ts";
import { api } from "#web/api/client.ts";
import { openDocument } from "#web/api/documents.ts";
import { dayOf } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Bill } from "./types.ts";

const seasonName = (season: number): string => `${season}–${season + 1}`;

/** Nothing is left of it to pay, whatever word the books have for it. */
const isSettled = (bill: Bill): boolean => bill.state !== "cancelled" && bill.openFen === 0;

const Why = ({ bill }: { bill: Bill }) => {
  const t = householdWords.useWords();
  return (
    <div className={styles["why"]}>
      {bill.lines.map((line) => (
        <div key={line.ordinal}>
          {(language() === "en" ? line.explanation.en : line.explanation["zh-CN"]).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
          <p>
            <code>{line.formula}</code> = <Money fen={line.amountFen} />{" "}
            <span className={line.agrees ? styles["quiet"] : styles["owes"]}>
              {t(line.agrees ? "agrees" : "differs")}
            </span>
          </p>
        </div>
      ))}
    </div>
  );
};

/** What a bill with something left to pay is to whoever reads it. */
const standingOf = ({ state, paidFen, dueOn }: Bill): string => {
  if (state === "cancelled") return state;
  if (dueOn !== null && dueOn < dayOf(new Date(houseNow()).toISOString())) return "late";
  return paidFen > 0 ? "part-paid" : state;
};

const BillLine = ({ bill }: { bill: Bill }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const [open, setOpen] = useState(false);
  return (
    <li className={bill.state === "cancelled" ? styles["void"] : ""}>
      <div className={styles["line"]}>
        <strong>{seasonName(bill.season)}</strong>
        <span className={styles["what"]}>
          {word("bill-kind", bill.kind)} {isSettled(bill) ? t("settled") : word("bill", standingOf(bill))}
        </span>
        {bill.dueOn === null || isSettled(bill) ? null : (
          <span className={styles["quiet"]}>{t("dueOn", { day: bill.dueOn })}</span>
        )}
        <Money fen={bill.amountFen} />
        {bill.openFen > 0 ? (
          <span className={styles["owes"]}>
            {t("open")} {bill.openFen === bill.amountFen ? null : <Money fen={bill.openFen} />}
          </span>
        ) : null}
        <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? "hide" : "why")}
        </Button>
        <Button size="small" onClick={() => openDocument(`/bills/${bill.id}/print`)}>
          {t("print")}
        </Button>
      </div>
      {open ? <Why bill={bill} /> : null}
    </li>
  );
};

export const Bills = ({ accountNo }: { accountNo: string }) => {
  const t = householdWords.useWords();
  const { data, error, refetch } = api.useQuery("get", "/accounts/{accountNo}/bills", {
    params: { path: { accountNo } },
  });
  return (
    <section className={styles["panel"]} aria-label={t("bills")}>
      <h2>{t("bills")}</h2>
      <Problem error={error} again={() => void refetch()} />
      {data?.items.length === 0 ? <p className={styles["quiet"]}>{t("noBills")}</p> : null}
      <ul className={styles["lines"]}>
        {(data?.items ?? []).map((bill) => (
          <BillLine key={bill.id} bill={bill} />
        ))}
      </ul>
    </section>
  );
};
