/** Tasks of the area: what came of a conflict, of a call that has to be made, of a letter to deliver. */
import { Spin } from "antd";
import { type FormEvent, useState } from "react";
import { houseNow } from "#web/api/house-time.ts";
import { type OutboxState, putOut } from "#web/api/offline/outbox.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import {
  isTold,
  kindOfTask,
  TaskDetails,
  TaskHint,
  TaskPlaces,
  TaskResult,
  titleOfTask,
} from "#web/furniture/task-parts.tsx";
import type { Task } from "#web/furniture/task-places.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import styles from "./area.module.css";
import { DoingMark, LineState } from "./line-state.tsx";
import { doingOf, usePhone, useTasks } from "./use-day.ts";
import { work } from "./words-work.ts";

const aboutTask = ({ id, version }: Task): string => `task:${id}:${version}`;

/** Kept on the phone first: it works without signal, and a list that changed meanwhile keeps both. */
const FinishForm = ({ task, done }: { task: Task; done: () => void }) => {
  const t = work.useWords();
  const { draft, keep, clear } = useDraft(`task-${task.id}-${task.version}`, {
    outcome: "",
    result: "",
  });
  const outcome = draft.outcome.trim();
  const finish = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!isTold(task, draft)) return;
    const madeAt = new Date(houseNow()).toISOString();
    const kept = await putOut({
      kind: "task",
      about: aboutTask(task),
      label: t("taskLabel", { title: titleOfTask(task) }),
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
      <TaskResult task={task} value={draft.result} choose={(result) => keep({ result })} />
      <label>
        {t("finishHow")}
        <textarea
          value={draft.outcome}
          maxLength={500}
          required
          onChange={(event) => keep({ outcome: event.target.value })}
        />
      </label>
      <button type="submit" disabled={!isTold(task, draft)}>
        {t("finish")}
      </button>
    </form>
  );
};

const TaskCard = ({ task, outbox }: { task: Task; outbox: OutboxState }) => {
  const t = work.useWords();
  const [isOpen, setOpen] = useState(false);
  const doing = doingOf(outbox, aboutTask(task));
  return (
    <li className={styles["card"]}>
      <h2>{kindOfTask(task.kind)}</h2>
      <div className={styles["grow"]}>{titleOfTask(task)}</div>
      <TaskHint task={task} />
      <TaskDetails task={task} />
      <TaskPlaces task={task} />
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
  const tasks = read.data?.value ?? [];
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
