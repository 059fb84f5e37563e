import type { ReactNode } from "react";
import { houseTimeOf } from "#web/api/house-time.ts";
import { common } from "#web/words/common.ts";
import { timeOf } from "./format.ts";
import styles from "./furniture.module.css";

type Props = {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** `dataUpdatedAt` of the query behind the page: by the clock of this machine, shown by that of the house. */
  readonly readAt?: number | undefined;
  /** Where the answer itself says as of when it is: that. */
  readonly asOf?: string | undefined;
};

const hourOf = ({ readAt, asOf }: Pick<Props, "readAt" | "asOf">): string | undefined => {
  if (asOf !== undefined) return timeOf(asOf);
  const at = readAt === undefined || readAt === 0 ? undefined : houseTimeOf(readAt);
  return at === undefined ? undefined : timeOf(new Date(at).toISOString());
};

/** The one line above a page: its name, filters, actions, and as of when its figures are. */
export const PageBar = ({ title, children, actions, ...read }: Props) => {
  const t = common.useWords();
  const at = hourOf(read);
  return (
    <header className={styles["bar"]}>
      <h1 className={styles["title"]}>{title}</h1>
      {children}
      <span className={styles["spacer"]} />
      {at === undefined ? null : <span className={styles["asOf"]}>{t("asOf", { at })}</span>}
      {actions}
    </header>
  );
};
