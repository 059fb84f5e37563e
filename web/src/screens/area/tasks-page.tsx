/** Tasks of the area: what came of a conflict, of a call that has to be made, of a letter to deliver. */
import { Link } from "@tanstack/react-router";
import { Spin } from "antd";
import { type FormEvent, useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import styles from "./area.module.css";
import { LineState } from "./line-state.tsx";
import { usePhone, useTasks } from "./use-day.ts";
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

const FinishForm = ({ task, done }: { task: Task; done: () => void }) => {
  const t = work.useWords();
  const [outcome, setOutcome] = useState("");
  const [result, setResult] = useState(task.results[0] ?? "");
  const send = api.useMutation("post", "/tasks/{id}/done");
  const finish = (event: FormEvent): void => {
    event.preventDefault();
    send.mutate(
      {
        params: { path: { id: task.id }, header: { "If-Match": `"${task.version}"` } },
        body: { outcome, ...(task.results.length === 0 ? {} : { result }) },
      },
      {
        onSuccess: () => {
          done();
          void forget("/tasks");
        },
      },
    );
  };
  return (
    <form className={styles["form"]} onSubmit={finish}>
      {task.results.length === 0 ? null : (
        <label>
          {t("outcome")}
          <select value={result} onChange={(event) => setResult(event.target.value)}>
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
          value={outcome}
          maxLength={500}
          required
          onChange={(event) => setOutcome(event.target.value)}
        />
      </label>
      <Problem error={send.error} />
      <button type="submit" disabled={outcome.trim() === "" || send.isPending}>
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

const TaskCard = ({ task }: { task: Task }) => {
  const t = work.useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <li className={styles["card"]}>
      <div className={styles["grow"]}>{titleOf(task.title)}</div>
      <Both task={task} />
      <div className={styles["line"]}>
        <span className={`${styles["grow"]} ${styles["quiet"]}`}>
          {task.dueAt === null ? "" : t("dueAt", { at: dateTime(task.dueAt) })}
        </span>
        <button
          type="button"
          className={styles["touch"]}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {t("finish")}
        </button>
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
          <TaskCard key={task.id} task={task} />
        ))}
      </ul>
    </>
  );
};
