/** How far a run is; one whose process was killed goes on when somebody says so. */
import { Alert, Button, Progress } from "antd";
import { useEffect, useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import type { Run } from "./bill-runs.tsx";
import styles from "./finance.module.css";
import { runs } from "./words-runs.ts";

/** A chunk takes a second or so: what has not moved for this long has most likely been left. */
const STALLED_AFTER_MS = 15_000;

/** Says that it stalled when it has stood for so long; a new one begins with every chunk (`key`). */
const Stalled = ({ run }: { run: Run }) => {
  const t = runs.useWords();
  const [isStalled, setStalled] = useState(false);
  const goOn = api.useMutation("post", "/bill-runs", { onSettled: () => void forget("/bill-runs") });
  useEffect(() => {
    const timer = window.setTimeout(() => setStalled(true), STALLED_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!isStalled) return null;
  return (
    <>
      <Alert
        type="warning"
        showIcon
        title={t("stalled")}
        action={
          <Button
            loading={goOn.isPending}
            onClick={() =>
              goOn.mutate({ body: { season: run.season, asOf: run.asOf, reissueCancelled: false } })
            }
          >
            {t("goOn")}
          </Button>
        }
      />
      <Problem error={goOn.error} />
    </>
  );
};

export const RunProgress = ({ run }: { run: Run }) => {
  const t = runs.useWords();
  const share = run.expectedCount === 0 ? 0 : Math.floor((run.issuedCount * 100) / run.expectedCount);
  return (
    <section className={`${styles["panel"]} ${styles["stack"]}`} aria-label={t("issue")}>
      <Progress percent={Math.min(99, share)} status="active" aria-label={t("issue")} />
      <p role="status">{t("posting", { done: run.issuedCount, total: run.expectedCount })}</p>
      <Stalled key={run.issuedCount} run={run} />
    </section>
  );
};
