/** Where what is said above a page comes to stand. */
import { useEffect, useState } from "react";
import { common } from "#web/words/common.ts";
import { closeLine, closeQuestion, type Line, type Question, useAbove } from "./above.ts";
import styles from "./above.module.css";
import { laterDialog } from "./later.tsx";

type Asked = { readonly question: Question; readonly close: () => void };

/** Whoever pressed must not believe that it was done. */
const NotAsked = ({ title }: { title: string }) => <p>{common.useWords()("notAsked", { title })}</p>;

const AskBefore = laterDialog<Asked>(
  async () => (await import("./ask-before.tsx")).AskBefore,
  ({ question }) => <NotAsked title={question.title} />,
);

const Passing = ({ line }: { line: Line }) => {
  const [isHeld, hold] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = window.setTimeout(() => closeLine(line.key), line.seconds * 1000);
    return () => window.clearTimeout(timer);
  }, [isHeld, line]);
  return (
    <div className={styles["line"]} onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
      <span className={styles["done"]} aria-hidden>
        ✓
      </span>
      {line.content}
    </div>
  );
};

export const AboveHost = () => {
  const { lines, question } = useAbove();
  return (
    <>
      <div className={styles["lines"]} role="status">
        {lines.map((line) => (
          <Passing key={line.key} line={line} />
        ))}
      </div>
      {question === undefined ? null : <AskBefore question={question} close={closeQuestion} />}
    </>
  );
};
