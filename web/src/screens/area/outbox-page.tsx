/** What is not sent yet, what was refused and wants a decision, and what arrived today. */
import { useState } from "react";
import { type Outgoing, sendNow, takeBack, tryAgain } from "#web/api/offline/outbox.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime, timeOf } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { common } from "#web/words/common.ts";
import { useSayProblem } from "#web/words/problems.ts";
import styles from "./area.module.css";
import { LineState } from "./line-state.tsx";
import { usePhone } from "./use-day.ts";
import { work } from "./words-work.ts";

const Refused = ({ one }: { one: Outgoing }) => {
  const t = work.useWords();
  const say = common.useWords();
  const sayProblem = useSayProblem(one.refusal !== undefined);
  const [isSure, setSure] = useState(false);
  if (one.refusal === undefined) return null;
  return (
    <>
      <p className={styles["bad"]}>
        {t("refused")}: {sayProblem(one.refusal.code, { title: one.refusal.detail }).title}
      </p>
      {one.refusal.taskId === null ? null : <p className={styles["quiet"]}>{t("refusedKept")}</p>}
      <div className={styles["actions"]}>
        <button type="button" onClick={() => void tryAgain(one)}>
          {t("again")}
        </button>
        {isSure ? (
          <>
            <span>{t("discardSure")}</span>
            <button type="button" onClick={() => void takeBack(one.seq)}>
              {t("discard")}
            </button>
            <button type="button" onClick={() => setSure(false)}>
              {say("cancel")}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => setSure(true)}>
            {t("discard")}
          </button>
        )}
      </div>
    </>
  );
};

/** The server failed at it: why, and when it is tried again by itself. */
const SetAside = ({ one }: { one: Outgoing }) => {
  const t = work.useWords();
  const say = common.useWords();
  const sayProblem = useSayProblem(one.trouble !== undefined);
  if (one.trouble === undefined) return null;
  const { status, code, detail, tries, requestId } = one.trouble;
  const why = sayProblem(code, { title: detail }).title;
  const at = timeOf(new Date(one.notBefore).toISOString());
  return (
    <>
      <p className={styles["bad"]}>
        {t(status === 0 ? "asideSilent" : "aside", { status })} {status === 0 ? "" : why}
      </p>
      <p className={styles["quiet"]}>
        {t("asideAgain", { tries, at })}
        {requestId === undefined ? null : (
          <>
            {" "}
            {say("requestId")} <code>{requestId}</code>
          </>
        )}
      </p>
    </>
  );
};

export const OutboxPage = () => {
  const t = work.useWords();
  const outbox = usePhone();
  const { waiting, sent } = outbox;
  return (
    <>
      <PageBar
        title={t("outbox")}
        actions={
          waiting.length === 0 ? null : (
            <button type="button" className={styles["touch"]} onClick={() => void sendNow()}>
              {t("sendNow")}
            </button>
          )
        }
      />
      <LineState outbox={outbox} />
      {waiting.length === 0 ? <Empty text={t("nothingWaits")} /> : null}
      <ol className={styles["cards"]} aria-label={t("outbox")}>
        {waiting.map((one) => (
          <li key={one.seq} className={styles["card"]}>
            <div className={styles["line"]}>
              <span className={styles["grow"]}>{one.label}</span>
              <span className={styles["quiet"]}>{dateTime(one.madeAt)}</span>
            </div>
            <Refused one={one} />
            <SetAside one={one} />
          </li>
        ))}
      </ol>
      <h2 className={styles["heading"]}>{t("sentToday")}</h2>
      {sent.length === 0 ? <p className={styles["quiet"]}>{t("nothingSent")}</p> : null}
      <ol className={styles["cards"]} aria-label={t("sentToday")}>
        {sent.map((one) => (
          <li key={one.key} className={styles["card"]}>
            <div className={styles["line"]}>
              <span className={styles["grow"]}>{one.label}</span>
              <span className={styles["quiet"]}>{timeOf(one.madeAt)}</span>
            </div>
            {one.result === "kept" ? <span className={styles["bad"]}>{t("compared")}</span> : null}
          </li>
        ))}
      </ol>
    </>
  );
};
