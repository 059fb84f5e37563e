/** When heat is expected back: how long that is, and in red once the hour has passed. */
import { dateTime, remaining } from "#web/furniture/format.ts";
import { useNow } from "#web/furniture/use-now.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";

export const ExpectedHour = ({ at, isOver = false }: { at: string | null; isOver?: boolean }) => {
  const t = incidentWords.useWords();
  const now = useNow(30_000);
  if (at === null) return <>{t("unknown")}</>;
  if (isOver) return <>{dateTime(at)}</>;
  const isLate = Date.parse(at) < now;
  return (
    <span className={isLate ? styles["overdue"] : ""}>
      {dateTime(at)} ({isLate ? t("backLate") : remaining(at, now)})
    </span>
  );
};
