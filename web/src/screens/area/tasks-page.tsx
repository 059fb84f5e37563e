/** Tasks of the area: what came of a conflict, of a call that has to be made, of a letter to deliver. */
import { Link } from "@tanstack/react-router";
import { Spin } from "antd";
import { type FormEvent, useState } from "react";
import { houseNow } from "#web/api/house-time.ts";
import { type OutboxState, putOut } from "#web/api/offline/outbox.ts";
import type { Item } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useSayProblem } from "#web/words/problems.ts";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import styles from "./area.module.css";
import { DoingMark, LineState } from "./line-state.tsx";
import { doingOf, usePhone, useTasks } from "./use-day.ts";
import { day } from "./words-day.ts";
import { outcomes } from "./words-outcomes.ts";
import { work } from "./words-work.ts";

type Task = Item<"/tasks">;

/** A title is Chinese first with English behind it; each reader gets the own half. */
const titleOf = (title: string): string => {
  const english = /^(.*?[\u4e00-\u9fff][^A-Za-z]*)\s([A-Z][a-z].*)$/u.exec(title);
  if (english === null) return title;
  return (language() === "en" ? english[2] : english[1]) ?? title;
};

const aboutTask = ({ id, version }: Task): string => `task:${id}:${version}`;

/** Kept on the phone first: it works without signal, and a list that changed meanwhile keeps both. */
const FinishForm = ({ task, done }: { task: Task; done: () => void }) => {
  const t = work.useWords();
  const { draft, keep, clear } = useDraft(`task-${task.id}-${task.version}`, {
    outcome: "",
    result: task.results[0] ?? "",
  });
  const outcome = draft.outcome.trim();
  const finish = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (outcome === "") return;
    const madeAt = new Date(houseNow()).toISOString();
    const kept = await putOut({
      kind: "task",
      about: aboutTask(task),
      label: t("taskLabel", { title: titleOf(task.title) }),
      path: `/tasks/${task.id}/reports`,
      madeAt,
      body: {
        version: task.version,
        outcome,
        madeAt,
        ...(task.results.length === 0 ? {} : { result: draft.result }),
      },
    });
    if (kept === undefined) return;
    clear();
    done();
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => void finish(event)}>
      {task.results.length === 0 ? null : (
        <label>
          {t("outcome")}
          <select value={draft.result} onChange={(event) => keep({ result: event.target.value })}>
            {task.results.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {t("finishHow")}
        <textarea
          value={draft.outcome}
          maxLength={500}
          required
          onChange={(event) => keep({ outcome: event.target.value })}
        />
      </label>
      <button type="submit" disabled={outcome === ""}>
        {t("finish")}
      </button>
    </form>
  );
};

const REPORTED = [
  "opened",
  "already-open",
  "repaired",
  "no-fault",
  "not-ours",
  "measured",
  "not-home",
  "follow-up",
] as const;

/** Of a conflict both sides, and where the thing itself is. */
const Both = ({ task }: { task: Task }) => {
  const say = outcomes.useWords();
  const code = useCodes();
  const d = day.useWords();
  const { reported, recorded, ticketNo } = task.details;
  const outcome = REPORTED.find((one) => one === reported);
  const { state } = (recorded ?? {}) as { readonly state?: string };
  return (
    <>
      {outcome === undefined || state === undefined ? null : (
        <div>{say("compared", { reported: say(outcome), recorded: code("order-state", state) })}</div>
      )}
      {typeof ticketNo === "string" ? (
        <Link to="/tickets/$ticketNo" params={{ ticketNo }}>
          {d("fullCase")}
        </Link>
      ) : null}
      {task.accountNo === null ? null : (
        <div>
          <Link to="/households/$accountNo" params={{ accountNo: task.accountNo }}>
            {d("household")} {task.accountNo}
          </Link>
        </div>
      )}
    </>
  );
};

/** What was written down on a phone and taken by no command, or finished here while the list said something else. */
const Said = ({ task }: { task: Task }) => {
  const t = work.useWords();
  const { said, refusal, reported, recorded } = task.details;
  const sayProblem = useSayProblem(typeof refusal === "string");
  const words = typeof said === "string" ? said : task.kind === "task-compare" ? reported : undefined;
  if (typeof words !== "string") return null;
  const { outcome } = (recorded ?? {}) as { readonly outcome?: string | null };
  // The task keeps the code alone: there are no words of the API to fall back to.
  const why = typeof refusal === "string" ? sayProblem(refusal, { title: refusal }) : undefined;
  return (
    <>
      <p className={styles["said"]}>
        <small className={styles["quiet"]}>{t("onPhone")}</small>
        {"\n"}
        {words}
      </p>
      {typeof outcome === "string" ? (
        <p className={styles["said"]}>
          <small className={styles["quiet"]}>{t("inHouse")}</small>
          {"\n"}
          {outcome}
        </p>
      ) : null}
      {why === undefined || why.by === "api" ? null : <div className={styles["bad"]}>{why.title}</div>}
    </>
  );
};

const TaskCard = ({ task, outbox }: { task: Task; outbox: OutboxState }) => {
  const t = work.useWords();
  const [isOpen, setOpen] = useState(false);
  const doing = doingOf(outbox, aboutTask(task));
  return (
    <li className={styles["card"]}>
      <div className={styles["grow"]}>{titleOf(task.title)}</div>
      <Both task={task} />
      <Said task={task} />
      <div className={styles["line"]}>
        <span className={`${styles["grow"]} ${styles["quiet"]}`}>
          {task.dueAt === null ? "" : t("dueAt", { at: dateTime(task.dueAt) })}
        </span>
        <DoingMark doing={doing} />
        {doing === undefined && outbox.isRead ? (
          <button
            type="button"
            className={styles["touch"]}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {t("finish")}
          </button>
        ) : null}
      </div>
      {isOpen ? <FinishForm task={task} done={() => setOpen(false)} /> : null}
    </li>
  );
};

export const TasksPage = () => {
  const t = work.useWords();
  const outbox = usePhone();
  const read = useTasks();
  // Valves have their own list.
  const tasks = (read.data?.value ?? []).filter(({ kind }) => kind !== "valve-opening");
  return (
    <>
      <PageBar title={t("tasks")} readAt={read.data?.at} />
      <LineState outbox={outbox} kept={read.data} />
      <Problem error={read.error} again={() => void read.refetch()} />
      {read.data === undefined && read.error === null ? <Spin /> : null}
      {read.data !== undefined && tasks.length === 0 ? <Empty text={t("noTasks")} /> : null}
      <ul className={styles["cards"]}>
        {tasks.map((task) => (
          <TaskCard key={task.id} task={task} outbox={outbox} />
        ))}
      </ul>
    </>
  );
};
