/** The line board: who speaks, who waits, who sits where, and how many the load needs. */
import { Button } from "antd";
import type { ReactNode } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { minutesAndSeconds, useNow } from "#web/furniture/use-now.ts";
import { useMay } from "#web/api/session.ts";
import { codes, useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { callWords } from "../words-calls.ts";
import styles from "./calls.module.css";

type Board = Answer<"get", "/hotline/board">;

const Figure = ({ name, value, note }: { name: string; value: ReactNode; note?: string }) => (
  <div className={styles["figure"]}>
    <span>{name}</span>
    <strong>{value}</strong>
    <span>{note}</span>
  </div>
);

const percentText = (percent: number | null): string => (percent === null ? "–" : `${percent}%`);

const Figures = ({ board }: { board: Board }) => {
  const t = callWords.useWords();
  const { today, seats } = board;
  return (
    <div className={styles["figures"]}>
      <Figure name={t("all")} value={today.calls} />
      <Figure name={t("live")} value={today.live} />
      <Figure name={t("answered")} value={today.answered} />
      <Figure name={t("abandoned")} value={today.abandoned} />
      <Figure name={t("selfServed")} value={today.selfServed} />
      <Figure name={t("open")} value={today.openCallBacks} />
      <Figure
        name={t("answeredPercent")}
        value={percentText(today.answeredPercent)}
        note={t("base", { count: today.base })}
      />
      <Figure
        name={t("inTime", { seconds: seats.aim.seconds })}
        value={percentText(today.answeredInTimePercent)}
        note={t("base", { count: today.base })}
      />
    </div>
  );
};

/** Seconds that were counted by the server at `at`, and go on. */
const useElapsed = (at: string): ((seconds: number) => string) => {
  const now = useNow();
  const since = Math.max(0, (now - Date.parse(at)) / 1000);
  return (seconds) => minutesAndSeconds(seconds + since);
};

const Queue = ({ board }: { board: Board }) => {
  const t = callWords.useWords();
  const time = useElapsed(board.at);
  return (
    <section className={styles["panel"]} aria-label={t("queue")}>
      <h2>
        {t("queue")} {board.queue.length}
      </h2>
      {board.queue.length === 0 ? <p className={styles["quiet"]}>{t("queueEmpty")}</p> : null}
      <ul className={styles["cells"]}>
        {board.queue.map((caller) => (
          <li key={caller.callId} className={caller.seconds > 20 ? styles["waitsLong"] : styles["waits"]}>
            {caller.number ?? "–"} <strong>{time(caller.seconds)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Lines = ({ board }: { board: Board }) => {
  const t = callWords.useWords();
  const word = useCodes();
  const time = useElapsed(board.at);
  const stateWord = (state: string): string =>
    `line.${state}` in codes.texts["zh-CN"] ? word("line", state) : word("call", state);
  return (
    <section className={styles["panel"]} aria-label={t("lines")}>
      <h2>{t("lines")}</h2>
      {board.lines.length === 0 ? <p className={styles["quiet"]}>{t("linesNone")}</p> : null}
      <ul className={styles["cells"]}>
        {board.lines.map((line) => (
          <li key={line.code} className={line.state === "free" ? styles["free"] : styles["taken"]}>
            {line.code} {line.name} <strong>{stateWord(line.state)}</strong> {line.agent}{" "}
            {line.seconds === null ? "" : time(line.seconds)}
          </li>
        ))}
      </ul>
    </section>
  );
};

const Agents = ({ board }: { board: Board }) => {
  const t = callWords.useWords();
  const word = useCodes();
  const may = useMay();
  const time = useElapsed(board.at);
  const release = api.useMutation("post", "/hotline/calls/{id}/release");
  const signOut = api.useMutation("post", "/hotline/agents/{staffId}/sign-out");
  const again = { onSettled: () => void forget("/hotline/board") };
  return (
    <section className={styles["panel"]} aria-label={t("agents")}>
      <h2>
        {t("agents")} {board.agents.length}
      </h2>
      {board.agents.length === 0 ? <p className={styles["quiet"]}>{t("agentsNone")}</p> : null}
      <Problem error={release.error ?? signOut.error} />
      <ul className={styles["cells"]}>
        {board.agents.map((agent) => (
          <li key={agent.staffId} className={agent.state === "available" ? styles["free"] : styles["taken"]}>
            {agent.extension} {agent.name} <strong>{word("agent", agent.state)}</strong>{" "}
            {agent.state === "break" ? word("break", agent.reason) : ""} {time(agent.seconds)}
            {agent.onRoster ? null : <Mark>{t("notRostered")}</Mark>}
            {may("hotline.supervise") && agent.callId !== null ? (
              <Button
                size="small"
                onClick={() => release.mutate({ params: { path: { id: agent.callId ?? "" } } }, again)}
              >
                {t("release")}
              </Button>
            ) : null}
            {may("hotline.supervise") && agent.callId === null ? (
              <Button
                size="small"
                onClick={() => signOut.mutate({ params: { path: { staffId: agent.staffId } } }, again)}
              >
                {t("signOut")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
};

export const BoardPage = () => {
  const t = callWords.useWords();
  useLive(["hotline.board", "hotline.agents", "hotline.call-back"], () => void forget("/hotline/board"));
  const { data, error, refetch, dataUpdatedAt } = api.useQuery(
    "get",
    "/hotline/board",
    {},
    { refetchInterval: 30_000 },
  );
  if (data === undefined) return <Problem error={error} again={() => void refetch()} />;
  const { seats } = data;
  return (
    <>
      <PageBar title={t("board")} readAt={dataUpdatedAt}>
        {data.coldDay ? <Mark tone="bad">{t("coldDay")}</Mark> : null}
      </PageBar>
      <Problem error={error} />
      <Figures board={data} />
      {data.announcements.map((one) => (
        <p key={one.id} className={styles["said"]}>
          <strong>{t("announcements")}</strong>{" "}
          {language() === "en" && one.textEn !== "" ? one.textEn : one.textZh}
        </p>
      ))}
      <div className={styles["board"]}>
        <Queue board={data} />
        <Agents board={data} />
        <Lines board={data} />
        <section className={styles["panel"]} aria-label={t("seats")}>
          <h2>{t("seats")}</h2>
          <p>
            {seats.seatsNow === 0
              ? t("seatsNobody", { aim: seats.seatsForAim })
              : t("seatsText", {
                  aim: seats.seatsForAim,
                  now: seats.seatsNow,
                  percent: seats.expectedPercentInTime,
                  seconds: seats.aim.seconds,
                })}
          </p>
          {seats.absentFromRoster > 0 ? <p>{t("absent", { count: seats.absentFromRoster })}</p> : null}
        </section>
      </div>
    </>
  );
};
