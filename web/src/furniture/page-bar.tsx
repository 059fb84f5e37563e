import type { ReactNode } from "react";
import { common } from "#web/words/common.ts";
import { timeOf } from "./format.ts";
import styles from "./furniture.module.css";

/** The one line above a page: its name, filters, actions, and as of when its figures are. */
export const PageBar = ({
  title,
  children,
  actions,
  readAt,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** `dataUpdatedAt` of the query behind the page. */
  readAt?: number | undefined;
}) => {
  const t = common.useWords();
  return (
    <header className={styles["bar"]}>
      <h1 className={styles["title"]}>{title}</h1>
      {children}
      <span className={styles["spacer"]} />
      {readAt === undefined || readAt === 0 ? null : (
        <span className={styles["asOf"]}>{t("asOf", { at: timeOf(new Date(readAt).toISOString()) })}</span>
      )}
      {actions}
    </header>
  );
};
