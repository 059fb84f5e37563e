import type { ReactNode } from "react";
import styles from "./furniture.module.css";

/** Something long in a bounded height: scrolled by keys too. */
export const Tall = ({ label, children }: { label: string; children: ReactNode }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keys
  <div className={styles["tall"]} role="region" aria-label={label} tabIndex={0}>
    {children}
  </div>
);
