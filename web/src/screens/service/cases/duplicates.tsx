/** Open cases that may be the same one, before another is opened. */
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { api } from "#web/api/client.ts";
import { dateTime } from "#web/furniture/format.ts";
import { useCodes } from "#web/words/codes.ts";
import { caseWords } from "../words-case.ts";
import { useCategories } from "./categories.ts";
import styles from "./cases.module.css";

const SCORES = ["score0", "score1", "score2"] as const;

export const Duplicates = ({
  accountNo,
  buildingId,
  category,
  join,
  joinWord,
}: {
  accountNo: string | null;
  buildingId?: string | null;
  category: string | null;
  /** Puts the call under that case. */
  join?: (ticketNo: string) => void;
  joinWord?: string;
}) => {
  const t = caseWords.useWords();
  const word = useCodes();
  const { nameOf } = useCategories();
  const isOn = (accountNo !== null || (buildingId ?? null) !== null) && category !== null;
  const { data } = api.useQuery(
    "get",
    "/tickets/duplicates",
    {
      params: {
        query: {
          ...(accountNo === null ? {} : { account: accountNo }),
          ...(accountNo === null && buildingId ? { building: buildingId } : {}),
          ...(category === null ? {} : { category }),
        },
      },
    },
    { enabled: isOn },
  );
  if (!isOn || data === undefined || data.items.length === 0) return null;
  return (
    <section className={styles["panel"]} aria-label={t("duplicates", { hours: data.withinHours })}>
      <h2>{t("duplicates", { hours: data.withinHours })}</h2>
      <ul className={styles["lines"]}>
        {data.items.map((item) => (
          <li key={item.ticketNo}>
            <Link to="/tickets/$ticketNo" params={{ ticketNo: item.ticketNo }}>
              {item.ticketNo}
            </Link>
            <span className={styles["what"]}>
              {nameOf(item.category)} {item.summary}
            </span>
            <span className={styles["quiet"]}>
              {t(SCORES[item.score] ?? "score0")} {word("ticket", item.state)}{" "}
              {dateTime(item.openedAt).slice(5)}
            </span>
            {join === undefined ? null : (
              <Button size="small" onClick={() => join(item.ticketNo)}>
                {joinWord}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
};
