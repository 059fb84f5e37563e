/** The month of all tests and cold runs; a day opens its buildings; below, the rounds they were planned in. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { api, forget } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { dayOf } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useMay } from "#web/api/session.ts";
import { DayTests } from "./day-tests.tsx";
import styles from "./pressure.module.css";
import { Rounds } from "./rounds.tsx";
import { type CalendarFilter, calendarFilterOf, TEST_KINDS, type TestFilter } from "./routes.ts";
import { STATE_TONES, TEST_STATES, type TestState } from "./states.ts";
import { words } from "./words.ts";

type CalendarDay = Answer<"get", "/pressure-calendar">["days"][number];

const DAY_MS = 86_400_000;
const startOf = (month: string): number => Date.parse(`${month}-01T00:00:00Z`);
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const monthAfter = (month: string, by: number): string => {
  const date = new Date(startOf(month));
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by, 1)).toISOString().slice(0, 7);
};

/** Whole weeks, Monday first, that hold the month. */
const daysOf = (month: string): string[] => {
  const first = `${month}-01`;
  const weekday = (new Date(startOf(month)).getUTCDay() + 6) % 7;
  const length = (startOf(monthAfter(month, 1)) - startOf(month)) / DAY_MS;
  const count = Math.ceil((weekday + length) / 7) * 7;
  return Array.from({ length: count }, (_, index) => dayAfter(first, index - weekday));
};

const WEEK = ["week1", "week2", "week3", "week4", "week5", "week6", "week7"] as const;

const DayBox = ({
  day,
  tests,
  search,
  isPicked,
}: {
  day: string;
  tests: CalendarDay["tests"];
  /** What the calendar shows, for the link to this day. */
  search: CalendarFilter;
  isPicked: boolean;
}) => {
  const t = words.useWords();
  const byState = new Map<TestState, number>();
  for (const { state } of tests) byState.set(state, (byState.get(state) ?? 0) + 1);
  return (
    <Link
      to="/pressure-tests"
      search={{ ...search, day }}
      className={styles["day"]}
      data-picked={isPicked}
      data-today={day === dayOf(new Date(houseNow()).toISOString())}
      title={`${day} ${t("tests", { count: tests.length })}`}
    >
      <span className={styles["date"]}>{Number(day.slice(8))}</span>
      <span className={styles["chips"]}>
        {[...byState].map(([state, count]) => (
          <Mark key={state} tone={STATE_TONES[state]}>
            {t(`state.${state}`)} {count}
          </Mark>
        ))}
      </span>
    </Link>
  );
};

const fits = (test: CalendarDay["tests"][number], { state, kind }: TestFilter): boolean =>
  (state === undefined || test.state === state) && (kind === undefined || test.kind === kind);

const TestFilters = ({
  filter,
  narrow,
}: {
  filter: TestFilter;
  narrow: (part: Record<string, unknown>) => void;
}) => {
  const t = words.useWords();
  return (
    <>
      <Select
        aria-label={t("state")}
        placeholder={t("state")}
        allowClear
        popupMatchSelectWidth={false}
        value={filter.state ?? null}
        onChange={(state) => narrow({ state })}
        options={TEST_STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
      />
      <Select
        aria-label={t("kind")}
        placeholder={t("kind")}
        allowClear
        popupMatchSelectWidth={false}
        value={filter.kind ?? null}
        onChange={(kind) => narrow({ kind })}
        options={TEST_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
      />
    </>
  );
};

export const CalendarPage = () => {
  const t = words.useWords();
  const may = useMay();
  const navigate = useNavigate();
  const today = dayOf(new Date(houseNow()).toISOString());
  const {
    month = today.slice(0, 7),
    day = month === today.slice(0, 7) ? today : `${month}-01`,
    ...filter
  } = calendarFilterOf(useSearch({ from: "/inside/pressure-tests" }));
  const days = daysOf(month);
  const from = days[0] ?? day;
  const { data, error, refetch, dataUpdatedAt } = api.useQuery("get", "/pressure-calendar", {
    params: { query: { from, days: days.length } },
  });
  useLive(
    ["pressure-test.changed"],
    () => void forget("/pressure-calendar", "/pressure-tests", "/pressure-rounds"),
  );
  const byDay = new Map((data?.days ?? []).map((one) => [one.day, one.tests]));
  const plan = (): void => void navigate({ to: "/pressure-tests/plan" });
  const mayPlan = may("pressure-test.write");
  useShortcut("n", t("plan"), plan, mayPlan);
  const go = (by: number): void =>
    void navigate({ to: "/pressure-tests", search: { ...filter, month: monthAfter(month, by) } });
  const narrow = (part: Record<string, unknown>): void =>
    void navigate({
      to: "/pressure-tests",
      search: calendarFilterOf({ month, day, ...filter, ...part }),
      replace: true,
    });
  return (
    <>
      <PageBar
        title={t("title")}
        readAt={dataUpdatedAt}
        actions={
          mayPlan ? (
            <Button type="primary" onClick={plan}>
              {t("plan")} (n)
            </Button>
          ) : undefined
        }
      >
        <Button onClick={() => go(-1)}>{t("before")}</Button>
        <strong>{t("month", { year: month.slice(0, 4), month: Number(month.slice(5)) })}</strong>
        <Button onClick={() => go(1)}>{t("after")}</Button>
        <TestFilters filter={filter} narrow={narrow} />
        <SavedFilters except={["month", "day"]} />
      </PageBar>
      <Problem error={error} again={() => void refetch()} />
      <div className={styles["calendar"]}>
        {WEEK.map((name) => (
          <span key={name} className={styles["weekday"]}>
            {t(name)}
          </span>
        ))}
        {days.map((one) => (
          <DayBox
            key={one}
            day={one}
            tests={(byDay.get(one) ?? []).filter((test) => fits(test, filter))}
            search={{ ...filter, month }}
            isPicked={one === day}
          />
        ))}
      </div>
      <div className={styles["columns"]}>
        <DayTests day={day} filter={filter} />
        <Rounds />
      </div>
    </>
  );
};
