/** One task: what it is about, where to go, to take it, and to say what came of it. */
import { Button, Input } from "antd";
import type { KeyboardEvent } from "react";
import { api, forget } from "#web/api/client.ts";
import { useMay, useSession } from "#web/api/session.ts";
import { tellDone } from "#web/furniture/above.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import {
  isTold,
  kindOfTask,
  TaskDetails,
  TaskHint,
  TaskPlaces,
  TaskResult,
  titleOfTask,
} from "#web/furniture/task-parts.tsx";
import { endsItself, type Task } from "#web/furniture/task-places.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { Who } from "#web/furniture/who.tsx";
import { useCodes } from "#web/words/codes.ts";
import { tasks } from "#web/words/tasks.ts";
import styles from "./tasks.module.css";

/** Whose it is: a person's, or a role's as long as nobody has taken it. */
export const TaskOwner = ({ task }: { task: Task }) => {
  const t = tasks.useWords();
  const code = useCodes();
  if (task.owner !== null) return <Who login={task.owner} name={task.ownerName} />;
  return <span className={styles["quiet"]}>{t("whole", { role: code("role", task.ownerRole) })}</span>;
};

const Finish = ({ task, settled }: { task: Task; settled: () => void }) => {
  const t = tasks.useWords();
  const { draft, keep, clear } = useDraft(`task-done-${task.id}`, {
    outcome: "",
    result: "",
  });
  const outcome = draft.outcome.trim();
  const send = api.useMutation("post", "/tasks/{id}/done", {
    onSuccess: () => {
      clear();
      tellDone(t("finished"));
      // The next one is shown when the list is without this one.
      void forget("/tasks").then(settled);
    },
    onError: () => void forget("/tasks"),
  });
  const finish = (): void => {
    if (!isTold(task, draft) || send.isPending) return;
    send.mutate({
      params: { path: { id: task.id }, header: { "If-Match": `"${task.version}"` } },
      body: { outcome, ...(task.results.length === 0 ? {} : { result: draft.result }) },
    });
  };
  return (
    <div className={styles["form"]}>
      {endsItself(task) ? <p className={styles["quiet"]}>{t("itself")}</p> : null}
      <TaskResult task={task} value={draft.result} choose={(result) => keep({ result })} />
      <label className={styles["field"]}>
        <span>{t("finishHow")}</span>
        <Input.TextArea
          rows={3}
          value={draft.outcome}
          maxLength={500}
          onChange={({ target }) => keep({ outcome: target.value })}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === "Enter" && event.ctrlKey) finish();
          }}
        />
      </label>
      <Problem error={send.error} />
      <div>
        <Button type="primary" disabled={!isTold(task, draft)} loading={send.isPending} onClick={finish}>
          {t("finish")} (Ctrl+Enter)
        </Button>
      </div>
    </div>
  );
};

const Take = ({ task }: { task: Task }) => {
  const t = tasks.useWords();
  const send = api.useMutation("post", "/tasks/{id}/take", {
    onSuccess: () => {
      tellDone(t("taken"));
      void forget("/tasks");
    },
    onError: () => void forget("/tasks"),
  });
  const label = t(task.owner === null ? "take" : "takeOver");
  const take = (): void => {
    if (send.isPending) return;
    send.mutate({
      params: { path: { id: task.id }, header: { "If-Match": `"${task.version}"` } },
      body: {},
    });
  };
  useShortcut("t", label, take);
  return (
    <>
      <Button size="small" loading={send.isPending} onClick={take}>
        {label} <kbd>t</kbd>
      </Button>
      <Problem error={send.error} />
    </>
  );
};

export const TaskPanel = ({ task, settled }: { task: Task; settled: () => void }) => {
  const t = tasks.useWords();
  const code = useCodes();
  const may = useMay();
  const { login, roles } = useSession();
  const isMine = task.owner === login;
  const isOurs = isMine || roles.some((role) => role === task.ownerRole || role === "supervisor");
  return (
    <section className={styles["panel"]} aria-label={kindOfTask(task.kind)}>
      <h2>{kindOfTask(task.kind)}</h2>
      <p>{titleOfTask(task)}</p>
      <TaskHint task={task} />
      <TaskDetails task={task} />
      <TaskPlaces task={task} />
      <div className={styles["line"]}>
        <span className={styles["quiet"]}>{t("owner")}</span>
        <TaskOwner task={task} />
        {isOurs && !isMine && may("task.write") ? <Take task={task} /> : null}
      </div>
      {isOurs && may("task.write") ? (
        <Finish task={task} settled={settled} />
      ) : (
        <p className={styles["quiet"]}>{t("others", { role: code("role", task.ownerRole) })}</p>
      )}
    </section>
  );
};
