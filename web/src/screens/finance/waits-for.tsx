/** What a list of debtors still waits for, in figures: channels without a certificate, tills whose shift is open. */
import { Link } from "@tanstack/react-router";
import { problemOf } from "#web/api/problem.ts";
import styles from "./finance.module.css";
import { lists } from "./words-lists.ts";

const counted = (value: unknown): number => (typeof value === "number" ? value : 0);

export const WaitsFor = ({ error }: { error: unknown }) => {
  const t = lists.useWords();
  if (error === null) return null;
  const { code, facts } = problemOf(error).facts;
  const day = facts?.["day"];
  if (code !== "arrears.not-certified" || typeof day !== "string") return null;
  const [channels, tills] = [counted(facts?.["channels"]), counted(facts?.["tills"])];
  return (
    <p className={styles["row"]}>
      {channels === 0 ? null : (
        <>
          <strong>{t("channelsMissing", { day, count: channels })}</strong>
          <Link to="/finance/bank-days" search={{ until: day }}>
            {t("toBoard")}
          </Link>
        </>
      )}
      {tills === 0 ? null : (
        <>
          <strong>{t("tillsOpen", { day, count: tills })}</strong>
          <Link to="/finance/shifts">{t("toShifts")}</Link>
        </>
      )}
    </p>
  );
};
