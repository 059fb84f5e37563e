/** States of a test, with the tones in which they stand, and the commands that each takes. */
import type { Answer } from "#web/api/types.ts";

export type Test = Answer<"get", "/pressure-tests/{id}">;
export type TestState = Test["state"];
export type Command = "begin" | "pass" | "fail" | "move" | "postpone" | "cancel" | "retest";

export const STATE_TONES: Readonly<Record<TestState, "plain" | "good" | "warn" | "bad" | "info">> = {
  planned: "plain",
  announced: "info",
  running: "warn",
  passed: "good",
  failed: "bad",
  retesting: "info",
  postponed: "warn",
  cancelled: "plain",
};

export const TEST_STATES = Object.keys(STATE_TONES) as readonly TestState[];

/** As the server's table of states has it; what it does not list is refused there. */
export const COMMANDS: Readonly<Record<TestState, readonly Command[]>> = {
  planned: ["move", "postpone", "cancel"],
  announced: ["begin", "move", "postpone", "cancel"],
  running: ["pass", "fail", "move", "postpone"],
  failed: ["retest"],
  postponed: ["move", "cancel"],
  passed: [],
  retesting: [],
  cancelled: [],
};

const when = (instant: string | null): string => instant ?? "";
export const windowOf = (
  test: { readonly startsAt: string | null; readonly endsAt: string | null },
  format: (instant: string) => string,
): string => {
  const [from, until] = [when(test.startsAt), when(test.endsAt)].map((one) =>
    one === "" ? "" : format(one),
  );
  if (from === undefined || until === undefined || from === "") return "";
  return from.slice(0, 10) === until.slice(0, 10) ? `${from} - ${until.slice(11)}` : `${from} - ${until}`;
};

/** A stage in the words of the command that it belongs to. */
export const STAGE_WORDS = {
  "week-before": "weekBefore",
  "day-before": "dayBefore",
  moved: "move",
  postponed: "postpone",
  cancelled: "cancel",
  passed: "pass",
  failed: "fail",
} as const;
export const isStage = (stage: string): stage is keyof typeof STAGE_WORDS => stage in STAGE_WORDS;
