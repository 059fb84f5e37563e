/** Who owes in the area, house by house; as of the last day whose money all banks and tills have proved, which the server finds. */
import { Link } from "@tanstack/react-router";
import { Spin } from "antd";
import { useState } from "react";
import { problemOf } from "#web/api/problem.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { yuan } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import styles from "./area.module.css";
import { LineState } from "./line-state.tsx";
import { useOwing, usePhone } from "./use-day.ts";
import { work } from "./words-work.ts";

type Owing = NonNullable<ReturnType<typeof useOwing>["data"]>["value"];

const Home = ({ row }: { row: Owing["items"][number] }) => {
  const t = work.useWords();
  const code = useCodes();
  const stage = language() === "en" ? row.stageNameEn : row.stageName;
  return (
    <li className={styles["card"]}>
      <div className={styles["line"]}>
        <Link to="/households/$accountNo" params={{ accountNo: row.accountNo }} className={styles["grow"]}>
          {row.address}
        </Link>
        <Money fen={row.openFen} />
      </div>
      {stage === null ? null : (
        <div className={styles["quiet"]}>
          {t("stage")} {stage}
        </div>
      )}
      {row.holds.length === 0 ? null : (
        <div className={styles["bad"]}>
          {t("holds")} {row.holds.map((hold) => code("hold", hold)).join(" ")}
        </div>
      )}
    </li>
  );
};

/** Without a day to go by nobody is named; the lists of finance say whom that waits for. */
const NotYet = ({ error, again }: { error: unknown; again: () => void }) => {
  const t = work.useWords();
  if (error === null) return null;
  if (problemOf(error).facts.code === "arrears.not-certified") return <Empty text={t("notCertified")} />;
  return <Problem error={error} again={again} />;
};

export const OwingPage = () => {
  const t = work.useWords();
  const outbox = usePhone();
  const [pages, setPages] = useState(1);
  const read = useOwing(pages);
  const [before, setBefore] = useState<typeof read.data>();
  // While the next page comes the ones before it stand.
  if (read.data !== undefined && read.data !== before) setBefore(read.data);
  const shown = read.data ?? before;
  const value = shown?.value;
  const rows = (value?.items ?? []).toSorted((one, other) =>
    one.address.localeCompare(other.address, "zh-CN", { numeric: true }),
  );
  const totals = value?.totals;
  return (
    <>
      <PageBar title={t("owing")} readAt={shown?.at}>
        {totals === undefined || totals === null ? null : (
          <strong>{t("owingSum", { count: totals.accounts, amount: yuan(totals.openFen) })}</strong>
        )}
        {value === undefined ? null : (
          <span className={styles["quiet"]}>{t("owingAsOf", { day: value.asOf })}</span>
        )}
      </PageBar>
      <LineState outbox={outbox} kept={shown} />
      <NotYet error={read.error} again={() => void read.refetch()} />
      {shown === undefined && read.error === null ? <Spin /> : null}
      {value === undefined ? null : <p className={styles["quiet"]}>{t("owingAsOfHint")}</p>}
      {value !== undefined && rows.length === 0 ? <Empty text={t("noOwing")} /> : null}
      <ul className={styles["cards"]}>
        {rows.map((row) => (
          <Home key={row.accountNo} row={row} />
        ))}
      </ul>
      {value === undefined || value.nextCursor === null ? null : (
        <div className={styles["actions"]}>
          <button type="button" disabled={read.isFetching} onClick={() => setPages(pages + 1)}>
            {t("more")}
          </button>
        </div>
      )}
    </>
  );
};
