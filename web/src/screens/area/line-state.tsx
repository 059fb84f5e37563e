/** Whether there is a line, and what of the day is not sent yet: above every page of the area. */
import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { houseTimeOf } from "#web/api/house-time.ts";
import type { OutboxState } from "#web/api/offline/outbox.ts";
import type { Kept } from "#web/api/offline/use-kept.ts";
import { problemOf } from "#web/api/problem.ts";
import { useSession } from "#web/api/session.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./area.module.css";
import { readAhead, useAheadFailure } from "./use-day.ts";
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

const reasonOf = (error: unknown): string | undefined => problemOf(error).facts.detail;
const isFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "QuotaExceededError";

/** The phone itself could not keep something: said in words that help, the browser's own where it is anything else than room. */
const NotKept = ({ outbox, kept }: { outbox: OutboxState; kept: Kept<unknown> | undefined }) => {
  const t = day.useWords();
  const failed = outbox.failure;
  const said =
    failed !== null
      ? { words: t(failed.at === "keeping" ? "notKept" : "notNoted"), error: failed.error }
      : kept !== undefined && kept.notKept !== null
        ? { words: t("notCopied"), error: kept.notKept }
        : undefined;
  if (said === undefined) return null;
  return (
    <span role="alert" className={styles["bad"]}>
      {said.words} {isFull(said.error) ? t("full") : reasonOf(said.error)}
    </span>
  );
};

type Props = {
  readonly outbox: OutboxState;
  /** What the page reads itself, which says of itself why it could not. */
  readonly kept?: Kept<unknown> | undefined;
  /** Stands there also with nothing to say, so that nothing below it moves when there is. */
  readonly isSteady?: boolean;
};
/** On a page that reads nothing of the day itself: what it lacks without signal, because the server failed at it. */
const NotAhead = () => {
  const t = day.useWords();
  const failure = useAheadFailure();
  const { login } = useSession();
  if (failure === null) return null;
  return (
    <>
      <p className={styles["bad"]}>{t("notAhead")}</p>
      <Problem error={failure} again={() => void readAhead(login)} />
    </>
  );
};

export const LineState = (props: Props) => (
  <>
    {"kept" in props ? null : <NotAhead />}
    <Strip {...props} />
  </>
);

const Strip = ({ outbox, kept, isSteady = false }: Props) => {
  const t = day.useWords();
  const isOnline = useOnline();
  const stuck = outbox.waiting.filter(({ refusal }) => refusal !== undefined).length;
  const unsent = outbox.waiting.length - stuck;
  const isNotKept = outbox.failure !== null || (kept !== undefined && kept.notKept !== null);
  const isCalm = isOnline && kept?.isOld !== true && outbox.waiting.length === 0 && !isNotKept;
  if (isCalm && outbox.sent.length === 0 && outbox.ofOthers === 0 && !isSteady) return null;
  return (
    <div role="status" className={`${styles["strip"]} ${isCalm ? styles["calm"] : ""}`}>
      <NotKept outbox={outbox} kept={kept} />
      {isOnline ? null : <span>{t("offline")}</span>}
      {kept?.isOld === true ? (
        <span>{t("oldCopy", { at: dateTime(new Date(houseTimeOf(kept.at) ?? kept.at).toISOString()) })}</span>
      ) : null}
      {isCalm ? <span>{t("allSent")}</span> : null}
      {unsent === 0 ? null : <Link to="/my/outbox">{t("unsent", { count: unsent })}</Link>}
      {stuck === 0 ? null : (
        <Link to="/my/outbox" className={styles["bad"]}>
          {t("stuck", { count: stuck })}
        </Link>
      )}
      {outbox.ofOthers === 0 ? null : <span>{t("ofOthers", { count: outbox.ofOthers })}</span>}
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
