/**
 * The life of a test: one table of transitions. What it does not list is refused; there is no other rule.
 *
 * planned (已排期) a window is set; announced (已通知) its people were told of this window; running (试压中) water is in;
 * passed (合格), failed (不合格), retesting (复试) its re-test is planned; postponed (暂缓) nobody knows yet when; cancelled (取消).
 * A move makes it planned again: what people know is the old window, so the new one has to be announced before it begins.
 */
import { fail } from "#src/kernel/errors.ts";

export const TEST_KINDS = ["pressure", "cold-run"] as const;
export type TestKind = (typeof TEST_KINDS)[number];

export const TEST_STATES = [
  "planned",
  "announced",
  "running",
  "passed",
  "failed",
  "retesting",
  "postponed",
  "cancelled",
] as const;
export type TestState = (typeof TEST_STATES)[number];

export const TEST_COMMANDS = [
  "announce",
  "begin",
  "pass",
  "fail",
  "retest",
  "move",
  "postpone",
  "cancel",
] as const;
export type TestCommand = (typeof TEST_COMMANDS)[number];

/** What must hold besides the pair; see `guards.ts`. */
export type TestGuard = "none" | "window-ahead" | "doors-named" | "held" | "reason";

/** What its people are told when it happens (`tell-people.ts`); null: nothing. */
export type TestStage =
  | "week-before"
  | "day-before"
  | "passed"
  | "failed"
  | "moved"
  | "postponed"
  | "cancelled";

export type TestTransition = {
  readonly from: TestState;
  readonly command: TestCommand;
  readonly to: TestState;
  readonly guard: TestGuard;
  /** Told to whom the window was told before, and to nobody else. */
  readonly tells: TestStage | null;
};

const when = (
  from: readonly TestState[],
  command: TestCommand,
  to: TestState,
  guard: TestGuard = "none",
  tells: TestStage | null = null,
): TestTransition[] => from.map((state) => ({ from: state, command, to, guard, tells }));

export const TEST_TRANSITIONS: readonly TestTransition[] = [
  // A week before and again the day before: the second leaves it announced.
  ...when(["planned", "announced"], "announce", "announced", "window-ahead"),
  ...when(["announced"], "begin", "running", "doors-named"),
  ...when(["running"], "pass", "passed", "held", "passed"),
  ...when(["running"], "fail", "failed", "reason", "failed"),
  ...when(["failed"], "retest", "retesting", "window-ahead"),
  // Also one that was begun: broken off before it held, it is made another day.
  ...when(["planned", "announced", "running", "postponed"], "move", "planned", "window-ahead", "moved"),
  ...when(["planned", "announced", "running"], "postpone", "postponed", "reason", "postponed"),
  ...when(["planned", "announced", "postponed"], "cancel", "cancelled", "reason", "cancelled"),
];

const byPair = new Map(TEST_TRANSITIONS.map((row) => [`${row.from} ${row.command}`, row]));

/** The commands that a state takes. */
export const commandsFrom = (from: TestState): TestCommand[] =>
  TEST_TRANSITIONS.filter((row) => row.from === from).map((row) => row.command);

/**
 * The transition of a pair.
 * @throws DomainError `pressure-test.refused` for every pair that is not in the table; it names the commands that are
 */
export const requireTransition = (from: TestState, command: TestCommand): TestTransition => {
  const found = byPair.get(`${from} ${command}`);
  if (found !== undefined) return found;
  const allowed = commandsFrom(from);
  return fail("pressure-test.refused", `a test that is ${from} does not take the command ${command}`, {
    field: "command",
    remedy:
      allowed.length === 0 ? "this state is final" : `from ${from} these are possible: ${allowed.join(", ")}`,
    facts: { from, command, allowed },
  });
};
