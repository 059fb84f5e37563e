/** Who owes in the area, house by house; as of the last day whose money the banks have proved. */
import { Spin } from "antd";
import { Empty } from "#web/furniture/empty.tsx";
import { yuan } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Link } from "@tanstack/react-router";
import styles from "./area.module.css";
import { LineState } from "./line-state.tsx";
import { useOwing, usePhone } from "./use-day.ts";
import { work } from "./words-work.ts";

export const OwingPage = () => {
  const t = work.useWords();
  const outbox = usePhone();
  const read = useOwing();
  const rows = (read.data?.value.items ?? []).toSorted((one, other) =>
    one.address.localeCompare(other.address, "zh-CN", { numeric: true }),
  );
  const sum = rows.reduce((total, { openFen }) => total + openFen, 0);
  return (
    <>
      <PageBar title={t("owing")} readAt={read.data?.at}>
        {rows.length === 0 ? null : (
          <span>
            {t("owingSum", {
              count: read.data?.value.nextCursor === null ? rows.length : `${rows.length}+`,
              amount: yuan(sum),
            })}
          </span>
        )}
      </PageBar>
      <LineState outbox={outbox} kept={read.data} />
      <Problem error={read.error} again={() => void read.refetch()} />
      {read.data === undefined && read.error === null ? <Spin /> : null}
      {read.data !== undefined && rows.length === 0 ? <Empty text={t("noOwing")} /> : null}
      <ul className={styles["cards"]}>
        {rows.map((row) => (
          <li key={row.accountNo} className={styles["card"]}>
            <div className={styles["line"]}>
              <Link
                to="/households/$accountNo"
                params={{ accountNo: row.accountNo }}
                className={styles["grow"]}
              >
                {row.address}
              </Link>
              <Money fen={row.openFen} />
            </div>
            {row.stage === null ? null : (
              <div className={styles["quiet"]}>
                {t("stage")} {row.stage}
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  );
};
