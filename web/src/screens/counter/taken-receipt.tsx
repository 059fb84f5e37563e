/** What was just taken: the receipt, its paper, the change, and the way back when it was the wrong home. */
import { Alert, Button } from "antd";
import { useState } from "react";
import { yuan } from "#web/furniture/format.ts";
import { laterDialog } from "#web/furniture/later.tsx";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import styles from "./counter.module.css";
import { type Paper, PAPERS, printReceipt } from "./print-receipt.ts";
import type { Home } from "./void-dialog.tsx";
import { words } from "./words.ts";

const VoidDialog = laterDialog(async () => (await import("./void-dialog.tsx")).VoidDialog);

export type Taken = {
  readonly receiptId: string;
  readonly receiptNo: string;
  readonly totalFen: number;
  readonly changeFen: number;
  /** Of the total, what was more than owed. */
  readonly surplusFen: number;
  readonly homes: readonly Home[];
  /** An earlier press had taken the money, and its answer was lost: this is the receipt of then. */
  readonly isOfBefore: boolean;
};

type ChoiceProps = {
  readonly paper: Paper;
  readonly choose: (paper: Paper) => void;
  readonly isDisabled?: boolean;
};

export const PaperChoice = ({ paper, choose, isDisabled = false }: ChoiceProps) => {
  const t = words.useWords();
  return (
    <select
      className={styles["choice"]}
      aria-label={t("paper")}
      value={paper}
      disabled={isDisabled}
      onChange={({ target }) => {
        const chosen = PAPERS.find((one) => one === target.value);
        if (chosen !== undefined) choose(chosen);
      }}
    >
      {PAPERS.map((one) => (
        <option key={one} value={one}>
          {t(one)}
        </option>
      ))}
    </select>
  );
};

type Props = {
  readonly taken: Taken;
  readonly paper: Paper;
  /** Said when the browser let no window open. */
  readonly isBlocked: boolean;
  /** Money on the wrong home was voided. */
  readonly voided: () => void;
};

export const TakenReceipt = ({ taken, paper, isBlocked, voided }: Props) => {
  const t = words.useWords();
  const say = common.useWords();
  const [isVoiding, setIsVoiding] = useState(false);
  const [blocked, setBlocked] = useState(isBlocked);
  return (
    <Alert
      type="success"
      role="status"
      title={t("taken", { amount: yuan(taken.totalFen), no: taken.receiptNo })}
      description={
        <>
          {taken.isOfBefore ? <p>{t("ofBefore")}</p> : null}
          {taken.changeFen > 0 ? (
            <p className={styles["change"]}>
              {t("change")} ¥{yuan(taken.changeFen)}
            </p>
          ) : null}
          {taken.surplusFen > 0 ? (
            <p>
              {t("becamePrepaid", {
                owed: yuan(taken.totalFen - taken.surplusFen),
                more: yuan(taken.surplusFen),
              })}
            </p>
          ) : null}
          {blocked ? <p>{t("printBlocked")}</p> : null}
          <Button onClick={() => setBlocked(!printReceipt(taken.receiptId, paper, language()))}>
            {say("print")}
          </Button>{" "}
          <Button danger onClick={() => setIsVoiding(true)}>
            {t("voidIt")}
          </Button>
          {isVoiding ? <VoidDialog receipt={taken} close={() => setIsVoiding(false)} done={voided} /> : null}
        </>
      }
    />
  );
};
