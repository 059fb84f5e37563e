/** Whether there is a line, and what of the day is not sent yet: above every page of the area. */
import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import type { OutboxState } from "#web/api/offline/outbox.ts";
import type { Kept } from "#web/api/offline/use-kept.ts";
import { problemOf } from "#web/api/problem.ts";
import { dateTime } from "#web/furniture/format.ts";
import styles from "./area.module.css";
import { day } from "./words-day.ts";

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
};
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);

export const LineState = ({ outbox, kept }: { outbox: OutboxState; kept?: Kept<unknown> | undefined }) => {
  const t = day.useWords();
  const isOnline = useOnline();
  const stuck = outbox.waiting.filter(({ refusal }) => refusal !== undefined).length;
  const unsent = outbox.waiting.length - stuck;
  const isCalm = isOnline && kept?.isOld !== true && outbox.waiting.length === 0 && outbox.failure === null;
  if (isCalm && outbox.sent.length === 0) return null;
  return (
    <div role="status" className={`${styles["strip"]} ${isCalm ? styles["calm"] : ""}`}>
      {outbox.failure === null ? null : (
        <span role="alert" className={styles["bad"]}>
          {t("notKept")} {problemOf(outbox.failure).facts.detail}
        </span>
      )}
      {isOnline ? null : <span>{t("offline")}</span>}
      {kept?.isOld === true ? (
        <span>{t("oldCopy", { at: dateTime(new Date(kept.at).toISOString()) })}</span>
      ) : null}
      {isCalm ? <span>{t("allSent")}</span> : null}
      {unsent === 0 ? null : <Link to="/my/outbox">{t("unsent", { count: unsent })}</Link>}
      {stuck === 0 ? null : (
        <Link to="/my/outbox" className={styles["bad"]}>
          {t("stuck", { count: stuck })}
        </Link>
      )}
    </div>
  );
};

/** What became of what was done about a thing. */
export const DoingMark = ({ doing }: { doing: { state: string; label: string } | undefined }) => {
  const t = day.useWords();
  if (doing === undefined) return null;
  if (doing.state === "waiting") return <span className={styles["quiet"]}>{t("waiting")}</span>;
  if (doing.state === "done") return <span className={styles["good"]}>{t("done")}</span>;
  if (doing.state === "kept") return <span className={styles["bad"]}>{t("kept")}</span>;
  return (
    <Link to="/my/outbox" className={styles["bad"]}>
      {t("stuck", { count: 1 })}
    </Link>
  );
};
