/**
 * What can be done softly can be taken back: a line with a button for ten seconds. Never for money, which is reversed with a
 * reason.
 */
import { Button } from "antd";
import { useState } from "react";
import { common } from "#web/words/common.ts";
import { closeLine, openLine } from "./above.ts";
import styles from "./furniture.module.css";
import { Problem } from "./problem.tsx";
import { useShortcut } from "./shortcuts.ts";

const SHOWN_S = 10;
let told = 0;

const UndoLine = ({
  text,
  undo,
  close,
}: {
  text: string;
  undo: () => Promise<unknown>;
  close: () => void;
}) => {
  const t = common.useWords();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const take = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await undo();
      close();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  useShortcut("z", t("undo"), () => void take());
  return (
    <span className={styles["undo"]}>
      {text}
      <Button size="small" type="link" loading={isBusy} onClick={() => void take()}>
        {t("undo")} (z)
      </Button>
      <Problem error={error} />
    </span>
  );
};

/** `tell("已删除", () => call.POST(...))` after it was done. One line at a time: the last thing is what is taken back. */
export const tellUndo = (text: string, undo: () => Promise<unknown>): void => {
  const key = "undo";
  told += 1;
  openLine({
    key,
    seconds: SHOWN_S,
    content: <UndoLine key={told} text={text} undo={undo} close={() => closeLine(key)} />,
  });
};
