import type { ReactNode } from "react";
import styles from "./furniture.module.css";

/** Nothing here, and what to do next. */
export const Empty = ({ text, action }: { text: string; action?: ReactNode }) => (
  <div className={styles["empty"]}>
    <p>{text}</p>
    {action}
  </div>
);
