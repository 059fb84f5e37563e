/** The sign-in of the household's page, where somebody has to wait: until when, and the hotline that begins the counts anew. */
import { Button } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { endTime } from "#web/furniture/format.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";

const PATH = "/accounts/{accountNo}/page-lock";

export const PageLock = ({ accountNo }: { accountNo: string }) => {
  const t = householdWords.useWords();
  const may = useMay();
  const [isAsking, setAsking] = useState(false);
  const params = { params: { path: { accountNo } } };
  const { data } = api.useQuery("get", PATH, params);
  if (data === undefined) return null;
  const { codesUntil, papersUntil, sourceUntil, codes, wrongCodes, wrongPapers, liftsLeft } = data;
  if (codesUntil === null && papersUntil === null && sourceUntil === null) return null;
  const lift = async (reason: string): Promise<void> => {
    await call.POST("/accounts/{accountNo}/page-lock/lift", { ...params, body: { reason } });
    await forget(PATH);
  };
  return (
    <section className={styles["panel"]} aria-label={t("pageLock")}>
      <h2>{t("pageLock")}</h2>
      {codesUntil === null ? null : <p>{t("codesLocked", { at: endTime(codesUntil).slice(5) })}</p>}
      {papersUntil === null ? null : <p>{t("papersLocked", { at: endTime(papersUntil).slice(5) })}</p>}
      {sourceUntil === null ? null : <p>{t("sourceLocked", { at: endTime(sourceUntil).slice(5) })}</p>}
      <p className={styles["quiet"]}>{t("lockCounts", { codes, wrongCodes, wrongPapers })}</p>
      {may("hotline.work") ? (
        <Button size="small" disabled={liftsLeft === 0} onClick={() => setAsking(true)}>
          {t("liftLock", { left: liftsLeft })}
        </Button>
      ) : null}
      {isAsking ? (
        <AskReason title={t("liftTitle")} act={lift} close={() => setAsking(false)}>
          <p>{t("liftHelp")}</p>
        </AskReason>
      ) : null}
    </section>
  );
};
