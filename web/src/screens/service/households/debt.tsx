/** What the household owes, and how far reminding it has come. */
import { api } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { language } from "#web/words/words.ts";
import { DebtLine } from "../debt-line.tsx";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Overview } from "./types.ts";

const Stage = ({ accountNo }: { accountNo: string }) => {
  const t = householdWords.useWords();
  const { data } = api.useQuery("get", "/accounts/{accountNo}/reminder-stage", {
    params: { path: { accountNo } },
  });
  if (data === undefined) return null;
  const { stage } = data;
  return (
    <p>
      <span className={styles["quiet"]}>{t("stage")}</span>{" "}
      {stage === null ? "" : `${language() === "en" ? stage.nameEn : stage.nameZh} ${stage.enteredOn} · `}
      {language() === "en" ? data.why.en : data.why["zh-CN"]}
    </p>
  );
};

export const Debt = ({ accountNo, debt }: { accountNo: string; debt: NonNullable<Overview["debt"]> }) => {
  const t = householdWords.useWords();
  const may = useMay();
  return (
    <section className={styles["panel"]} aria-label={t("debt")}>
      <DebtLine debt={debt} />
      {may("reminder.read") ? <Stage accountNo={accountNo} /> : null}
    </section>
  );
};
