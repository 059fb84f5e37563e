import { Alert, Button } from "antd";
import { useRef, useState } from "react";
import { problemOf, type ProblemFacts } from "#web/api/problem.ts";
import { common } from "#web/words/common.ts";
import { type SaidFault, useFaults, useSayProblem } from "#web/words/problems.ts";
import { language } from "#web/words/words.ts";
import styles from "./furniture.module.css";

/** What was refused, what to do about it, and the request id to give to whoever looks into it. */
export const Problem = ({ error, again }: { error: unknown; again?: (() => void) | undefined }) => {
  if (error === null || error === undefined) return null;
  return <Refusal facts={problemOf(error).facts} again={again} />;
};

const Refusal = ({ facts, again }: { facts: ProblemFacts; again: (() => void) | undefined }) => {
  const t = common.useWords();
  const detail = facts.detail ?? facts.title;
  const faults = useFaults(facts.errors);
  const said = useSayProblem()(facts.code, { title: detail, remedy: facts.remedy });
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className={styles["problem"] ?? ""}
      aria-busy={said.by === "nobody yet"}
      title={said.title}
      action={
        again === undefined ? undefined : (
          <Button size="small" onClick={again}>
            {t("reload")}
          </Button>
        )
      }
      description={
        <dl>
          {said.remedy === undefined ? null : (
            <>
              <dt>{t("whatToDo")}</dt>
              <dd>{said.remedy}</dd>
            </>
          )}
          {faults.map((one) => (
            <FieldLine key={`${one.field} ${one.reason}`} {...one} />
          ))}
          {said.by !== "page" || language() === "en" ? null : (
            <>
              <dt>{t("original")}</dt>
              <dd lang="en">{detail}</dd>
            </>
          )}
          {facts.requestId === undefined ? null : (
            <>
              <dt>{t("requestId")}</dt>
              <dd>
                <Copied text={facts.requestId} />
              </dd>
            </>
          )}
        </dl>
      }
    />
  );
};

const FieldLine = ({ field, reason, by }: SaidFault) => (
  <>
    <dt>{field}</dt>
    <dd {...(by === "api" ? { lang: "en" } : {})}>{reason}</dd>
  </>
);

const Copied = ({ text }: { text: string }) => {
  const t = common.useWords();
  const shown = useRef<HTMLElement>(null);
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      // Not allowed, or not there without https: marked, for the keys that copy.
      if (shown.current !== null) window.getSelection()?.selectAllChildren(shown.current);
    }
  };
  return (
    <>
      <code ref={shown}>{text}</code>{" "}
      <Button size="small" type="link" onClick={() => void copy()}>
        {t(done ? "copied" : "copy")}
      </Button>
    </>
  );
};
