/** Why an intent was not carried out; and where no answer came, what that means and how to go on. */
import { Button, ConfigProvider, Popconfirm } from "antd";
import { noAnswer } from "#web/api/problem.ts";
import type { Intent } from "#web/api/use-intent.ts";
import { common } from "#web/words/common.ts";
import { Problem } from "./problem.tsx";

type Props = {
  readonly intent: Pick<Intent<object>, "state" | "error" | "settle">;
  /** Sends the same once more; left out where the page's own button does it. */
  readonly again?: (() => void) | undefined;
};

export const IntentProblem = ({ intent: { state, error, settle }, again }: Props) => {
  const t = common.useWords();
  if (state === "sending") return null;
  if (state === "open") return <Problem error={error} />;
  // Also within a form that is closed while it is pending.
  return (
    <ConfigProvider componentDisabled={false}>
      <Problem error={error ?? noAnswer()} />
      <p role="status">{t("unanswered")}</p>
      {again === undefined ? null : <Button onClick={again}>{t("askAgain")}</Button>}{" "}
      <Popconfirm
        title={t("startOverSure")}
        okText={t("startOver")}
        cancelText={t("cancel")}
        onConfirm={() => settle(false)}
      >
        <Button type="link">{t("startOver")}</Button>
      </Popconfirm>
    </ConfigProvider>
  );
};
