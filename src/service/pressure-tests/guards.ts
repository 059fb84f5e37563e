/** What must hold besides the pair of state and command. Each refuses with its own word. */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { countOpenLeaks } from "./leak-queries.ts";
import { findRound } from "./queries.ts";
import { reachOfTest } from "./reach.ts";
import { findReadings } from "./record-queries.ts";
import type { Test } from "./schema.ts";

/** @throws DomainError `pressure-test.reason-needed` */
export const requireReason = (text: string | undefined, what: string): string =>
  text === undefined || text.trim() === ""
    ? fail("pressure-test.reason-needed", `${what} needs its reason in words`, {
        field: "reason",
        remedy: "say why: it is kept, and people ask",
      })
    : text;

/** @throws DomainError `pressure-test.window-refused` */
export const requireWindowAhead = (test: Test, now: Date): void => {
  if (test.startsAt !== null && test.startsAt > now) return;
  fail("pressure-test.window-refused", "this window has begun", {
    field: "startsAt",
    remedy: "move the test to another day: its people are told",
  });
};

/**
 * Water comes in only when each home knows, or somebody has written down why one does not and what is done about it, and only in
 * the window that they were told.
 * @throws DomainError `pressure-test.outside-window`, `pressure-test.gaps-unnamed`
 */
export const requireDoorsNamed = async (context: CommandContext, test: Test): Promise<void> => {
  const { sql, now } = context;
  if (test.startsAt === null || test.endsAt === null || now < test.startsAt || now >= test.endsAt) {
    fail("pressure-test.outside-window", "people were told of another time", {
      remedy: "begin within the window, or move the test: its people are told",
      facts: { startsAt: test.startsAt?.toISOString(), endsAt: test.endsAt?.toISOString() },
    });
  }
  const reach = await reachOfTest(sql, test.id, test.windowNo, "notice");
  if (reach.unnamed === 0) return;
  fail(
    "pressure-test.gaps-unnamed",
    `${reach.unnamed} homes were not reached, and nobody has knocked on them`,
    {
      remedy: "knock on the doors of GET /pressure-tests/{id}/gaps and write down what became of it",
      facts: { homes: reach.homes, reached: reach.reached, unnamed: reach.unnamed },
    },
  );
};

/**
 * What a pass rests on: the last reading holds what its round asks for, and no leak is still open.
 * @throws DomainError `pressure-test.reading-needed`, `pressure-test.not-held`, `pressure-test.leak-open`
 */
export const requireHeld = async (context: CommandContext, test: Test): Promise<void> => {
  const { sql } = context;
  const leaks = await countOpenLeaks(sql, test.id);
  if (leaks > 0) {
    fail("pressure-test.leak-open", `${leaks} leaks of this test are not isolated`, {
      remedy: "isolate them first, or write down that the test failed",
      facts: { leaks },
    });
  }
  if (test.kind === "cold-run") return;
  const round = await findRound(sql, test.roundId);
  const last = (await findReadings(sql, test.id)).at(-1);
  if (last === undefined || round === null) {
    fail("pressure-test.reading-needed", "nothing was measured", {
      remedy: "record pressure, hold and drop with a witness first",
    });
  }
  const drop = last.startKpa - last.endKpa;
  const asked = {
    requiredKpa: round.requiredKpa ?? 0,
    holdMinutes: round.holdMinutes ?? 0,
    allowedDropKpa: round.allowedDropKpa ?? 0,
  };
  const isHeld =
    last.startKpa >= asked.requiredKpa &&
    last.holdMinutes >= asked.holdMinutes &&
    drop <= asked.allowedDropKpa;
  if (isHeld) return;
  fail("pressure-test.not-held", "the last reading does not hold what is asked for", {
    remedy: "measure again, or write down that the test failed",
    facts: { ...asked, startKpa: last.startKpa, held: last.holdMinutes, dropKpa: drop },
  });
};
