import type { ReactNode } from "react";
import styles from "./furniture.module.css";

/** A short word that stands out: a state, an urgency, a flag. Every tone can be read by weak eyes, and says it in words besides. */
export const Mark = ({
  tone = "plain",
  title,
  children,
}: {
  tone?: "plain" | "good" | "warn" | "bad" | "info";
  title?: string;
  children: ReactNode;
}) => (
  <span className={`${styles["mark"]} ${styles[tone]}`} title={title}>
    {children}
  </span>
);
