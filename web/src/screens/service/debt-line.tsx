/** What a household owes, is offered and has prepaid, in one line: beside a call and on the page of the household. */
import { Money } from "#web/furniture/money.tsx";
import styles from "./debt-line.module.css";
import { householdWords } from "./words-household.ts";

type Debt = { readonly receivableFen: number; readonly offeredFen: number; readonly prepaidFen: number };

export const DebtLine = ({ debt }: { debt: Debt }) => {
  const t = householdWords.useWords();
  return (
    <p className={styles["debt"]}>
      {debt.receivableFen > 0 ? (
        <span className={styles["owes"]}>
          {t("owes")} <Money fen={debt.receivableFen} />
        </span>
      ) : (
        <span>{t("nothing")}</span>
      )}
      {debt.offeredFen > 0 ? (
        <span>
          {t("offered")} <Money fen={debt.offeredFen} />
        </span>
      ) : null}
      {debt.prepaidFen > 0 ? (
        <span>
          {t("prepaid")} <Money fen={debt.prepaidFen} />
        </span>
      ) : null}
    </p>
  );
};
