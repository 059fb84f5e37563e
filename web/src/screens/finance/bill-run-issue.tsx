/** The deed of a bill run: exactly the figures of the preview, by two people where the company's rule asks for it. */
import { Alert, Button, Checkbox, Modal } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { yuan } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import styles from "./finance.module.css";
import { runs } from "./words-runs.ts";

type Preview = Answer<"post", "/bill-runs/preview">;
type Waiting = Answer<"get", "/bill-runs">["waiting"];

/** Whether what was asked about is what the preview shows now. */
const isAboutThis = (waiting: Waiting, preview: Preview, reissue: boolean): boolean =>
  waiting !== null &&
  waiting.request["asOf"] === preview.asOf &&
  waiting.request["count"] === String(preview.count) &&
  waiting.request["sumFen"] === String(preview.sumFen) &&
  waiting.request["reissueCancelled"] === reissue;

const Standing = ({ waiting, isThis }: { waiting: Waiting; isThis: boolean }) => {
  const t = runs.useWords();
  if (waiting === null) return null;
  if (waiting.state === "refused") {
    return <Alert type="error" showIcon title={t("objected", { reason: waiting.reason ?? "" })} />;
  }
  if (!isThis) return <Alert type="warning" showIcon title={t("otherFigures")} />;
  return waiting.state === "requested" ? (
    <Alert type="info" showIcon title={t("askedWait")} />
  ) : (
    <Alert type="success" showIcon title={t("agreed")} />
  );
};

export const RunIssue = ({
  preview,
  needsTwo,
  waiting,
  look,
}: {
  preview: Preview;
  needsTwo: boolean;
  waiting: Waiting;
  look: () => void;
}) => {
  const t = runs.useWords();
  const say = common.useWords();
  const [reissue, setReissue] = useState(false);
  const [sure, setSure] = useState(false);
  const figures = { season: preview.season, asOf: preview.asOf, reissueCancelled: reissue };
  const changed = (): Promise<void> => forget("/bill-runs", "/approvals");
  const ask = api.useMutation("post", "/bill-runs/requests", { onSettled: () => void changed() });
  const issue = api.useMutation("post", "/bill-runs", {
    onMutate: () => {
      setSure(false);
      // The run's row is there as soon as it was checked: from then on its progress is shown.
      window.setTimeout(() => void changed(), 300);
    },
    onSettled: () => void changed(),
    onSuccess: look,
  });
  const isThis = isAboutThis(waiting, preview, reissue);
  const isAgreed = !needsTwo || (isThis && waiting?.state === "approved");
  const start = (): void => {
    if (issue.isPending) return;
    issue.mutate({
      body: {
        ...figures,
        expectCount: preview.count,
        expectSumFen: preview.sumFen,
        ...(needsTwo && waiting !== null ? { approvalId: waiting.approvalId } : {}),
      },
    });
  };
  if (preview.count === 0) {
    return (
      <Alert
        type="info"
        showIcon
        title={
          issue.data === undefined
            ? t("nothing")
            : t("finished", {
                count: issue.data.issuedCount,
                yuan: yuan(issue.data.issuedSumFen),
              })
        }
      />
    );
  }
  return (
    <section className={`${styles["panel"]} ${styles["stack"]}`} aria-label={t("issue")}>
      {preview.pastDueOn === null ? null : (
        <Alert type="warning" showIcon title={t("pastDue", { day: preview.pastDueOn })} />
      )}
      {needsTwo ? <Standing waiting={waiting} isThis={isThis} /> : null}
      <div className={styles["row"]}>
        <strong>
          {t("toIssue")} {t("bills", { count: preview.count })} ¥{yuan(preview.sumFen)}
        </strong>
        {isAgreed ? (
          <Button type="primary" loading={issue.isPending} onClick={() => setSure(true)}>
            {t("issue")}
          </Button>
        ) : (
          <Button
            type="primary"
            disabled={isThis && waiting?.state === "requested"}
            loading={ask.isPending}
            onClick={() => ask.mutate({ body: { ...figures, count: preview.count, sumFen: preview.sumFen } })}
          >
            {t("askSecond")}
          </Button>
        )}
        <Checkbox checked={reissue} onChange={({ target }) => setReissue(target.checked)}>
          {t("reissue")}
        </Checkbox>
      </div>
      <Problem error={ask.error ?? issue.error} />
      <Modal
        open={sure}
        title={t("issue")}
        okText={say("confirm")}
        cancelText={say("cancel")}
        onCancel={() => setSure(false)}
        onOk={start}
        okButtonProps={{ disabled: issue.isPending }}
      >
        {preview.pastDueOn === null ? null : <p>{t("pastDue", { day: preview.pastDueOn })}</p>}
        {t("sure", { count: preview.count, yuan: yuan(preview.sumFen) })}
      </Modal>
    </section>
  );
};
