/**
 * Ladders (升级阶梯): steps behind a clock, all of them rows. The worker looks once a minute for steps whose instant has come;
 * a unique key lets each fire once, so it makes up for a stop without telling anybody twice. Told are people by name, never
 * a group: the owner, or whoever of a role would be asked at a level; the read receipt is theirs alone.
 */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { WorkingTime } from "#src/office/calendars/index.ts";
import { loadShareTimes, type SharedClock } from "#src/service/clocks/index.ts";
import { addEntry } from "#src/service/tickets/index.ts";
import { lockAreasOfCases } from "./facts-queries.ts";
import {
  findFiredStepBeyond,
  findWaitingSteps,
  insertFirings,
  insertNotices,
  type Ladder,
  markRead,
  replaceLadder,
  type WaitingStep,
} from "./ladder-queries.ts";
import { type AskedPerson, findPeopleFor, type WantedRoute } from "./plan-routes.ts";
import { findLastAssignment } from "./queries.ts";
import { routeCases } from "./route-cases.ts";
import { findRoutingRoles } from "./table-queries.ts";
import { HEAD_OFFICE, RULING_DESK } from "./vocabulary.ts";
import type { Walk } from "./walk-chain.ts";

const AT_ONCE = 100;
const LOOKED_AT_ONCE = 2000;

type DueStep = WaitingStep & { readonly dueAt: Date };

const dueTimes = async (
  sql: Sql,
  steps: readonly WaitingStep[],
  calendars: Map<bigint, WorkingTime>,
): Promise<DueStep[]> => {
  const clockOf = (step: WaitingStep): SharedClock => ({ ...step, dueAt: step.clockDueAt });
  const shareTime = await loadShareTimes(sql, steps.map(clockOf), calendars);
  return steps.map((step) => {
    const share = shareTime(clockOf(step), step.shareBasisPoints);
    return { ...step, dueAt: new Date(share.getTime() + step.offsetSeconds * 1000) };
  });
};

/** Steps whose instant has come by the calendars of their clocks, the earliest first. */
const findDueSteps = async (sql: Sql, now: Date): Promise<DueStep[]> => {
  const calendars = new Map<bigint, WorkingTime>();
  const due: DueStep[] = [];
  let last: WaitingStep | undefined;
  do {
    const steps = await findWaitingSteps(sql, {
      now,
      afterClock: last?.clockId ?? 0n,
      afterLadder: last?.ladder ?? "",
      afterPosition: last?.position ?? 0,
      limit: LOOKED_AT_ONCE,
    });
    due.push(...(await dueTimes(sql, steps, calendars)).filter((step) => step.dueAt <= now));
    last = steps.length < LOOKED_AT_ONCE ? undefined : steps.at(-1);
  } while (last !== undefined);
  return due
    .toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime() || one.position - other.position)
    .slice(0, AT_ONCE);
};

const keyOf = (step: {
  readonly ticketId: bigint;
  readonly ladder: string;
  readonly position: number;
  readonly clockRun: string;
}): string => `${step.ticketId} ${step.ladder} ${step.position} ${step.clockRun}`;

/** The role that stands for a step: its own, or for an owner that is nobody in person the role that has the case. */
const askedOf = (step: DueStep): AskedPerson => ({
  ticketId: step.ticketId,
  role: step.role ?? step.lastRole ?? HEAD_OFFICE,
  level: step.level ?? step.lastLevel ?? "company",
});

type Told = { readonly step: DueStep; readonly staffId: bigint | null; readonly walk: Walk | null };

const findTold = async (context: CommandContext, steps: readonly DueStep[]): Promise<Told[]> => {
  const walks = await findPeopleFor(context, steps.map(askedOf));
  return steps.map((step, index) => {
    const walk = walks[index] ?? null;
    if (step.told === "owner" && step.ownerId !== null) return { step, staffId: step.ownerId, walk: null };
    return { step, staffId: walk?.staffId ?? null, walk };
  });
};

const tell = async (
  context: CommandContext,
  fired: readonly (Told & { readonly firingId: bigint })[],
): Promise<void> => {
  const named = fired.flatMap(({ firingId, staffId }) => (staffId === null ? [] : [{ firingId, staffId }]));
  const notices = await insertNotices(context.sql, {
    firingIds: named.map((one) => one.firingId),
    staffIds: named.map((one) => one.staffId),
  });
  const noticeOf = new Map(notices.map((notice) => [notice.firingId, notice.id]));
  for (const { step, firingId, staffId } of fired) {
    await addEntry(context, step.ticketId, {
      kind: "route",
      text: both(
        `${step.ladderName}第${step.position}级：${step.words}`,
        `${step.ladderNameEn || step.ladderName}, step ${step.position}: ${step.wordsEn || step.words}`,
      ),
      details: { ladder: step.ladder, position: step.position, staffId },
      ref: `ladder-firing:${firingId}`,
    });
    const noticeId = noticeOf.get(firingId);
    if (noticeId === undefined || staffId === null) continue;
    await announceLive(context, {
      topic: "routing.notice",
      audience: { staffId },
      subject: `ticket:${step.ticketId}`,
      payload: { noticeId, ticketNo: step.ticketNo },
    });
  }
};

/**
 * Fires what is due, a hundred at most. @returns how many steps fired; call again until it is 0
 */
export const fireLadders = async (context: CommandContext): Promise<number> => {
  const steps = await findDueSteps(context.sql, context.now);
  if (steps.length === 0) return 0;
  // The areas of all that will be given away at once and before the first case is written, as every giving takes them.
  const escalated = steps.filter((step) => step.action === "escalate").map((step) => step.ticketId);
  if (escalated.length > 0) {
    await lockAreasOfCases(context.sql, { ticketIds: escalated, day: context.today });
  }
  const told = await findTold(context, steps);
  const rows = told.map(({ step, walk }) => ({
    ticketId: step.ticketId,
    ladder: step.ladder,
    position: step.position,
    clockRun: step.clockRun,
    dueAt: step.dueAt,
    chain: walk?.chain ?? [],
  }));
  const firings = await insertFirings(context.sql, { rows: canonicalJson(rows), now: context.now });
  const ids = new Map(firings.map((row) => [keyOf(row), row.id]));
  const fired = told.flatMap((one) => {
    const firingId = ids.get(keyOf(one.step));
    return firingId === undefined ? [] : [{ ...one, firingId }];
  });
  await tell(context, fired);
  for (const { step, firingId } of fired) {
    if (step.action !== "escalate") continue;
    const last = await findLastAssignment(context.sql, step.ticketId);
    if (last?.role === HEAD_OFFICE || last?.role === RULING_DESK) continue;
    const wanted: WantedRoute = {
      ticketId: step.ticketId,
      cause: { cause: "ladder", role: step.role, level: step.level },
      causeKey: `ladder:${firingId}`,
      reason: step.words,
      ...(step.wordsEn !== "" && { reasonEn: step.wordsEn }),
    };
    await routeCases(context, [wanted]);
  }
  return fired.length;
};

/** The read receipt (已读回执). The first reading counts. @throws DomainError `notice.not-found` */
export const readNotice = async (context: CommandContext, noticeId: bigint): Promise<Date> => {
  const staffId = staffIdOf(context.actor);
  const read =
    staffId === null ? null : await markRead(context.sql, { id: noticeId, staffId, now: context.now });
  if (read === null) fail("notice.not-found", "nobody told you this");
  context.audit({ subject: `ladder-notice:${noticeId}`, details: { read: true } });
  return read.readAt;
};

/**
 * Writes a ladder whole: its steps are the ones that are given. A step that has fired stays, or its history would.
 * @throws DomainError `ladder.step-fired`, `ladder.role-unknown`, `ladder.position-twice`
 */
export const setLadder = async (context: CommandContext, ladder: Ladder): Promise<void> => {
  const { sql } = context;
  const positions = ladder.steps.map((step) => step.position);
  if (new Set(positions).size < positions.length) {
    fail("ladder.position-twice", "two steps have the same position", { field: "steps" });
  }
  const roles = new Set((await findRoutingRoles(sql)).map((role) => role.code));
  const unknown = ladder.steps.find((step) => step.role !== null && !roles.has(step.role));
  if (unknown !== undefined) {
    fail("ladder.role-unknown", `there is no role "${unknown.role}"`, { field: "steps" });
  }
  const fired = await findFiredStepBeyond(sql, { code: ladder.code, positions });
  if (fired !== null) {
    fail("ladder.step-fired", `step ${fired} has fired and cannot be taken away`, {
      field: "steps",
      remedy: "keep it, or make a new ladder and switch this one off",
    });
  }
  await replaceLadder(sql, ladder);
  context.audit({
    subject: `ladder:${ladder.code}`,
    details: { steps: ladder.steps.length, active: ladder.active },
  });
};
