/** The commands of a test, through the one table of transitions. Each answers the state and the version that it leaves. */
import { fail, must } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { recallAbsences } from "./absences.ts";
import { beginTestChange } from "./access-test.ts";
import { requireDoorsNamed, requireHeld, requireReason } from "./guards.ts";
import { askForNext, recallNext } from "./next-step.ts";
import { checkWindow, type TestWindow } from "./plan-round.ts";
import { closeWindow, insertTests, moveTest, openWindow, type TestPatch } from "./queries.ts";
import { formatTestNo, type Test } from "./schema.ts";
import { requireTransition, type TestState, type TestTransition } from "./states.ts";
import { tellChange, tellResult } from "./tell-people.ts";

export type TestChanged = { readonly id: bigint; readonly state: TestState; readonly version: number };

export type Wanted = {
  readonly id: bigint;
  /** The version that the person saw; left out by rooms. */
  readonly version?: number | undefined;
};

/** Writes a transition of a locked test that nothing refuses any more; screens that show it hear of it. */
export const carryOut = async (
  context: CommandContext,
  test: Test,
  transition: TestTransition,
  patch: TestPatch,
  facts: object = {},
): Promise<TestChanged> => {
  const moved = must(await moveTest(context.sql, test, transition.to, patch), "the locked test in its state");
  const subject = `pressure-test:${test.id}`;
  context.audit({
    subject,
    details: { command: transition.command, from: test.state, to: transition.to, ...facts },
  });
  await announceLive(context, {
    topic: "pressure-test.changed",
    audience: "everyone",
    permission: "pressure-test.read",
    subject,
    payload: { from: test.state, to: transition.to, buildingId: test.buildingId },
  });
  if (transition.command !== "announce") await recallNext(context, test);
  return { id: test.id, state: transition.to, version: moved.version };
};

/**
 * Water comes in.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.outside-window`,
 * `pressure-test.gaps-unnamed`
 */
export const beginTest = async (context: CommandContext, wanted: Wanted): Promise<TestChanged> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "begin");
  await requireDoorsNamed(context, test);
  return carryOut(context, test, transition, { begunAt: context.now });
};

/**
 * It held (合格): every household and the firm are told.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.leak-open`,
 * `pressure-test.reading-needed`, `pressure-test.not-held`
 */
export const passTest = async (
  context: CommandContext,
  wanted: Wanted & { readonly note?: string | undefined },
): Promise<TestChanged> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "pass");
  await requireHeld(context, test);
  const changed = await carryOut(context, test, transition, {
    endedAt: context.now,
    resultNote: wanted.note ?? "",
  });
  await tellResult(context, test, "passed");
  return changed;
};

/**
 * It did not hold (不合格): every household and the firm are told; a re-test follows.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.reason-needed`
 */
export const failTest = async (
  context: CommandContext,
  wanted: Wanted & { readonly reason: string },
): Promise<TestChanged> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "fail");
  const resultNote = requireReason(wanted.reason, "a failure");
  const changed = await carryOut(context, test, transition, { endedAt: context.now, resultNote });
  await tellResult(context, test, "failed");
  await askForNext(context, test, "failed");
  return changed;
};

/**
 * Plans the re-test (复试) of a failed one: a test of its own in the same round, to be announced like any other.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.window-refused`,
 * `pressure-test.building-planned`
 */
export const retestTest = async (
  context: CommandContext,
  wanted: Wanted & { readonly window: TestWindow },
): Promise<TestChanged & { readonly retestId: bigint }> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "retest");
  checkWindow(wanted.window, test.kind, context.now);
  const [retest] = await insertTests(context.sql, {
    roundId: test.roundId,
    kind: test.kind,
    retestOf: test.id,
    tests: [{ buildingId: test.buildingId, ...wanted.window }],
  });
  if (retest === undefined) {
    fail("pressure-test.building-planned", "the building has another such test ahead", {
      remedy: "that one repeats this test as well: carry it through, or cancel it first",
      facts: { kind: test.kind, buildingId: String(test.buildingId) },
    });
  }
  const retestId = retest.id;
  const changed = await carryOut(context, test, transition, {}, { retest: formatTestNo(retestId) });
  return { ...changed, retestId };
};

const endWindow = async (
  context: CommandContext,
  test: Test,
  endedBy: "move" | "postpone" | "cancel",
  reason: string,
): Promise<void> => {
  await closeWindow(context.sql, {
    testId: test.id,
    windowNo: test.windowNo,
    endedBy,
    reason,
    now: context.now,
  });
  await recallAbsences(context, test);
};

/**
 * Another window (改期). Just the homes that know of the old one are told, and the firm; then it is announced like any other.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.window-refused`
 */
export const moveToWindow = async (
  context: CommandContext,
  wanted: Wanted & { readonly window: TestWindow; readonly reason: string },
): Promise<TestChanged> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "move");
  const { window } = wanted;
  checkWindow(window, test.kind, context.now);
  await endWindow(context, test, "move", wanted.reason);
  const windowNo = test.windowNo + 1;
  await openWindow(context.sql, { testId: test.id, windowNo, ...window });
  const changed = await carryOut(
    context,
    test,
    transition,
    { windowNo, ...window, begunAt: null },
    { windowNo, ...window, reason: wanted.reason },
  );
  await tellChange(context, test, "moved", window);
  return changed;
};

const NO_WINDOW = { startsAt: null, endsAt: null };

/**
 * Put off (暂缓), nobody knows to when. Just the homes that know of the window are told, and the firm.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.reason-needed`
 */
export const postponeTest = async (
  context: CommandContext,
  wanted: Wanted & { readonly reason: string },
): Promise<TestChanged> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "postpone");
  const reason = requireReason(wanted.reason, "a delay");
  await endWindow(context, test, "postpone", reason);
  const changed = await carryOut(context, test, transition, { ...NO_WINDOW, begunAt: null }, { reason });
  await tellChange(context, test, "postponed", NO_WINDOW);
  await askForNext(context, test, "postponed");
  return changed;
};

/**
 * Called off (取消). Just the homes that know of the window are told, and the firm.
 * @throws DomainError `pressure-test.not-found`, `version.stale`, `pressure-test.refused`, `pressure-test.reason-needed`
 */
export const cancelTest = async (
  context: CommandContext,
  wanted: Wanted & { readonly reason: string },
): Promise<TestChanged> => {
  const test = await beginTestChange(context, wanted.id, wanted.version);
  const transition = requireTransition(test.state, "cancel");
  const reason = requireReason(wanted.reason, "calling a test off");
  await endWindow(context, test, "cancel", reason);
  const changed = await carryOut(
    context,
    test,
    transition,
    { endedAt: context.now, resultNote: reason },
    { reason },
  );
  await tellChange(context, test, "cancelled", NO_WINDOW);
  return changed;
};
