/** Text as it is, to be read and scrolled through by keys. */
import styles from "./finance.module.css";

export const Paper = ({ text, label, rows }: { text: string; label: string; rows: number }) => (
  <textarea className={styles["paper"]} readOnly aria-label={label} rows={rows} value={text} />
);
