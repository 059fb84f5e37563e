import { Alert, Button } from "antd";
import { useState } from "react";
import { problemOf, type ProblemFacts } from "#web/api/problem.ts";
import { common } from "#web/words/common.ts";
import { useProblemText } from "#web/words/problems.ts";
import { language } from "#web/words/words.ts";
import styles from "./furniture.module.css";

/** What was refused, what to do about it, and the request id to give to whoever looks into it. */
export const Problem = ({ error, again }: { error: unknown; again?: (() => void) | undefined }) => {
  if (error === null || error === undefined) return null;
  return <Refusal facts={problemOf(error).facts} again={again} />;
};

const Refusal = ({ facts, again }: { facts: ProblemFacts; again: (() => void) | undefined }) => {
  const t = common.useWords();
  const said = useProblemText(facts.code, language());
  const detail = facts.detail ?? facts.title;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className={styles["problem"] ?? ""}
      title={said?.title ?? detail}
      action={
        again === undefined ? undefined : (
          <Button size="small" onClick={again}>
            {t("reload")}
          </Button>
        )
      }
      description={
        <dl>
          {(said?.remedy ?? facts.remedy) === undefined ? null : (
            <>
              <dt>{t("whatToDo")}</dt>
              <dd>{said?.remedy ?? facts.remedy}</dd>
            </>
          )}
          {said === undefined || language() === "en" ? null : (
            <>
              <dt>{t("original")}</dt>
              <dd lang="en">{detail}</dd>
            </>
          )}
          {facts.errors?.map((one) => (
            <FieldLine key={`${one.field} ${one.reason}`} {...one} />
          ))}
          {facts.requestId === undefined ? null : (
            <>
              <dt>{t("requestId")}</dt>
              <dd>
                <code>{facts.requestId}</code> <CopyButton text={facts.requestId} />
              </dd>
            </>
          )}
        </dl>
      }
    />
  );
};

const FieldLine = ({ field, reason }: { field: string; reason: string }) => (
  <>
    <dt>{field}</dt>
    <dd lang="en">{reason}</dd>
  </>
);

const CopyButton = ({ text }: { text: string }) => {
  const t = common.useWords();
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  return (
    <Button size="small" type="link" onClick={() => void copy()}>
      {t(done ? "copied" : "copy")}
    </Button>
  );
};
