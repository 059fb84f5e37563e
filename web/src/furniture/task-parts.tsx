/** What is shown of a task, on the page of tasks and on a manager's phone alike: what it is, what it is about, and where to go. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { outcomes } from "#web/words/outcomes.ts";
import { useSayProblem } from "#web/words/problems.ts";
import { tasks } from "#web/words/tasks.ts";
import { language } from "#web/words/words.ts";
import { Facts } from "./facts.tsx";
import { yuan } from "./format.ts";
import styles from "./task-parts.module.css";
import { placesOf, type Task } from "./task-places.ts";

type Key = keyof (typeof tasks.texts)["zh-CN"];
const isKey = (key: string): key is Key => key in tasks.texts["zh-CN"];
/** The words of a code; as it is where nobody gave it any. */
const wordOf = (of: "kind" | "result" | "why" | "todo", code: string): string | undefined => {
  const key = `${of}.${code}`;
  return isKey(key) ? tasks.say(key) : undefined;
};

export const kindOfTask = (kind: string): string => wordOf("kind", kind) ?? kind;
/** Every kind that has words, to choose from. */
export const TASK_KINDS: readonly string[] = Object.keys(tasks.texts["zh-CN"])
  .filter((key) => key.startsWith("kind."))
  .map((key) => key.slice("kind.".length));

/** A title is Chinese first with English behind it; each reader gets the own half. */
export const titleOfTask = ({ title, kind }: Pick<Task, "title" | "kind">): string => {
  const english = /^(.*?[\u4e00-\u9fff][^A-Za-z]*)\s([A-Z][a-z].*)$/u.exec(title);
  // One that nobody wrote in English is at least named.
  if (english === null) return language() === "en" ? kindOfTask(kind) : title;
  return (language() === "en" ? english[2] : english[1]) ?? title;
};

/** What is to be done, where the title alone does not say it. */
export const TaskHint = ({ task }: { task: Task }) => {
  const todo = wordOf("todo", task.kind);
  return todo === undefined ? null : <p>{todo}</p>;
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

/** Of a conflict both sides. */
const Compared = ({ task }: { task: Task }) => {
  const say = outcomes.useWords();
  const code = useCodes();
  const { reported, recorded } = task.details;
  const outcome = REPORTED.find((one) => one === reported);
  const { state } = (recorded ?? {}) as { readonly state?: string };
  if (outcome === undefined || state === undefined) return null;
  return <div>{say("compared", { reported: say(outcome), recorded: code("order-state", state) })}</div>;
};

/** A refusal by its code: the task keeps no words of the API to fall back to. */
const useWhy = (code: unknown): string | undefined => {
  const isCode = typeof code === "string";
  const own = isCode ? wordOf("why", code) : undefined;
  const sayProblem = useSayProblem(isCode && own === undefined);
  if (!isCode || own !== undefined) return own;
  const said = sayProblem(code, { title: code });
  return said.by === "api" ? undefined : said.title;
};

/** What was written down on a phone and taken by no command, or finished here while the list said something else. */
const Said = ({ task }: { task: Task }) => {
  const t = tasks.useWords();
  const { said, refusal, reported, recorded } = task.details;
  const why = useWhy(refusal);
  const words = typeof said === "string" ? said : task.kind === "task-compare" ? reported : undefined;
  if (task.kind === "key-holder" || typeof words !== "string") return null;
  const { outcome } = (recorded ?? {}) as { readonly outcome?: string | null };
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
      {why === undefined ? null : <div className={styles["bad"]}>{why}</div>}
    </>
  );
};

const FACTS = [
  "channel",
  "day",
  "items",
  "till",
  "terminalNo",
  "orderNo",
  "transactionNo",
  "amountFen",
] as const;

/** The figures of money that waits: whose, how much, by which number it is found again. */
const Figures = ({ task }: { task: Task }) => {
  const t = tasks.useWords();
  const why = useWhy(task.kind.endsWith("-held") ? task.details["why"] : undefined);
  const rows = FACTS.flatMap((name): (readonly [string, ReactNode])[] => {
    const value = task.details[name];
    if (typeof value !== "string" && typeof value !== "number") return [];
    return [[t(`fact.${name}`), name === "amountFen" ? yuan(Number(value)) : value]];
  });
  return <Facts rows={[...rows, [t("fact.why"), why]]} />;
};

/** What is known of the work beyond its title. */
export const TaskDetails = ({ task }: { task: Task }) => (
  <>
    <Compared task={task} />
    <Said task={task} />
    <Figures task={task} />
  </>
);

/** What it ends with, of those facts that it has; none is chosen beforehand: a valve may be closed by it. */
export const TaskResult = ({
  task,
  value,
  choose,
}: {
  task: Task;
  value: string;
  choose: (result: string) => void;
}) => {
  const t = tasks.useWords();
  if (task.results.length === 0) return null;
  return (
    <fieldset className={styles["results"]}>
      <legend>{t("result")}</legend>
      {task.results.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name={`result-${task.id}`}
            checked={value === one}
            onChange={() => choose(one)}
          />{" "}
          {wordOf("result", one) ?? one}
        </label>
      ))}
    </fieldset>
  );
};
/** Words are needed, and the fact where it ends with one. */
export const isTold = (task: Task, { outcome, result }: { outcome: string; result: string }): boolean =>
  outcome.trim() !== "" && (task.results.length === 0 || task.results.includes(result));

export const TaskPlaces = ({ task }: { task: Task }) => {
  const t = tasks.useWords();
  const may = useMay();
  const places = placesOf(task).filter(({ right }) => may(right));
  if (places.length === 0) return null;
  return (
    <div className={styles["places"]}>
      {places.map((place) => (
        <Link key={place.label} {...place.link}>
          {t(`to.${place.label}`, { id: place.id })}
        </Link>
      ))}
    </div>
  );
};
