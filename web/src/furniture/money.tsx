import { yuan } from "./format.ts";
import styles from "./furniture.module.css";

/** An amount in fen as "¥1,234.50", digits under digits. */
export const Money = ({ fen, sign = true }: { fen: number | null | undefined; sign?: boolean }) =>
  fen === null || fen === undefined ? null : (
    <span className={fen < 0 ? `${styles["money"]} ${styles["negative"]}` : styles["money"]}>
      {sign ? "¥" : ""}
      {yuan(fen)}
    </span>
  );
