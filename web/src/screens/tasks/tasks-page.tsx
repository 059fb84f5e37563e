/** Tasks: one list of work for people, whatever raised it, the first due first; beside it the one that is marked. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Segmented, Select } from "antd";
import type { KeyboardEvent } from "react";
import { call } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { kindOfTask, TASK_KINDS, titleOfTask } from "#web/furniture/task-parts.tsx";
import type { Task } from "#web/furniture/task-places.ts";
import { useMarked } from "#web/furniture/use-marked.ts";
import { useNow } from "#web/furniture/use-now.ts";
import { usePages } from "#web/furniture/use-pages.ts";
import { tasks } from "#web/words/tasks.ts";
import { TaskOwner, TaskPanel } from "./task-panel.tsx";
import { type TaskSearch, taskSearchOf } from "./routes.ts";
import styles from "./tasks.module.css";

const VALVES = "valve-opening";
const SHOWN = ["ours", "all"] as const;
type Show = (typeof SHOWN)[number];

const useTaskList = ({ show, kind }: TaskSearch) =>
  usePages(
    ["get", "/tasks", show ?? "ours", kind ?? ""],
    async (cursor) => {
      const query = {
        ...(show === "all" ? {} : { owner: "ours" as const }),
        // Thousands in November, and the manager has them stairwell by stairwell.
        ...(kind === undefined ? { notKind: VALVES } : { kind }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return (await call.GET("/tasks", { params: { query } })).data;
    },
    { refetchIntervalMs: 30_000 },
  );

const useColumns = (): ColumnsType<Task> => {
  const t = tasks.useWords();
  const now = useNow(60_000);
  return [
    {
      title: t("due"),
      width: 130,
      render: (_, { dueAt }) =>
        dueAt === null ? (
          <span className={styles["quiet"]}>{t("noDue")}</span>
        ) : (
          <span className={Date.parse(dueAt) < now ? styles["late"] : ""}>{dateTime(dueAt)}</span>
        ),
    },
    { title: t("kind"), width: 160, render: (_, task) => kindOfTask(task.kind) },
    {
      title: t("why"),
      ellipsis: true,
      render: (_, task) => <span title={titleOfTask(task)}>{titleOfTask(task)}</span>,
    },
    { title: t("account"), width: 110, dataIndex: "accountNo" },
    { title: t("owner"), width: 150, render: (_, task) => <TaskOwner task={task} /> },
  ];
};

export const TasksPage = () => {
  const t = tasks.useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/tasks" });
  const show: Show = search.show ?? "ours";
  const change = (part: Readonly<Record<string, string | undefined>>): void =>
    void navigate({ to: "/tasks", search: taskSearchOf({ ...search, ...part }), replace: true });
  const data = useTaskList(search);
  const columns = useColumns();
  const { row, isGone, mark, move, release } = useMarked(
    data.rows,
    ({ id }) => id,
    `${show} ${search.kind ?? ""}`,
  );
  useShortcut("ArrowDown", t("keysHint"), () => move(1), data.rows.length > 1);
  useShortcut("ArrowUp", t("keysHint"), () => move(-1), data.rows.length > 1);
  return (
    <>
      <PageBar title={t("title")} readAt={data.readAt}>
        <Segmented<Show>
          aria-label={t("show")}
          value={show}
          onChange={(chosen) => change({ show: chosen })}
          options={SHOWN.map((value) => ({ value, label: t(value) }))}
        />
        <Select
          aria-label={t("kind")}
          value={search.kind ?? ""}
          onChange={(kind) => change({ kind: kind === "" ? undefined : kind })}
          popupMatchSelectWidth={false}
          options={[
            { value: "", label: t("allKinds") },
            ...TASK_KINDS.map((value) => ({ value, label: kindOfTask(value) })),
          ]}
        />
        <SavedFilters />
      </PageBar>
      <div className={styles["work"]}>
        <DataTable
          data={data}
          rowKey={({ id }) => id}
          columns={columns}
          label={t("title")}
          empty={t("none")}
          picked={row?.id}
          onRow={(one) => ({
            tabIndex: 0,
            onClick: () => mark(one.id),
            onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
              if (event.key === "Enter" && event.target === event.currentTarget) mark(one.id);
            },
          })}
        />
        {isGone ? <Alert type="info" showIcon role="status" title={t("gone")} /> : null}
        {row === undefined ? null : <TaskPanel key={row.id} task={row} settled={release} />}
      </div>
    </>
  );
};
