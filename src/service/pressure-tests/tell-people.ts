/**
 * Who is told what, and when. Ahead of a window every household of the building (stopped, vacant and never opened ones too) and the
 * property firm; of a change just the homes that know of the window that ended; of the result every household again. Each is a
 * notice with its approval, frozen audience, funnel and proof; a test says each thing once for each window.
 */
import { addDays, type Day, dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import { openTask } from "#src/office/tasks/index.ts";
import { approveAsFollowing, createNotice, startApproved } from "#src/messages/notices/index.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import { areaOfBuilding, openAreaTask } from "#src/town/grid/index.ts";
import { tellFirms } from "./firms.ts";
import { toldHomes } from "./reach.ts";
import {
  findApprovedBefore,
  findFailedChanges,
  findPostings,
  findUnnamedByMove,
  forgetUntold,
  insertTellings,
  wasAnnounced,
} from "./record-queries.ts";
import { formatTestNo, NOTICE_KIND, type Round, type Test } from "./schema.ts";
import type { TestKind, TestStage } from "./states.ts";

export type Announcement = Extract<TestStage, "week-before" | "day-before">;

const WHAT: Readonly<Record<TestKind, string>> = { pressure: "注水试压", "cold-run": "冷态运行" };
const DAYS_AHEAD: Readonly<Record<Announcement, number>> = { "week-before": 7, "day-before": 1 };
/** 09:00: people read it, and still have the day to ask somebody. **assumed** */
const HOUR = 9 * 60;
export const TASK_NOTICE = "pressure-notice";
export const TASK_POSTING = "pressure-posting";
export const TASK_KNOCK = "pressure-knock";

const TITLES: Readonly<Record<TestStage, string>> = {
  "week-before": "提前一周",
  "day-before": "提前一天",
  passed: "合格",
  failed: "未合格",
  moved: "改期",
  postponed: "暂缓",
  cancelled: "取消",
};

const hours = (at: Date): string => {
  const minutes = (at.getTime() - instantOfDay(dayOfInstant(at)).getTime()) / 60_000;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
};
const shortDay = (value: Day): string => `${Number(value.slice(5, 7))}月${Number(value.slice(8, 10))}日`;

/** `10月30日08:00-18:00`, as a text message says it. */
export const spokenWindow = (startsAt: Date | null, endsAt: Date | null): string => {
  if (startsAt === null || endsAt === null) return "";
  const [from, until] = [dayOfInstant(startsAt), dayOfInstant(endsAt)];
  const end = from === until ? hours(endsAt) : `${shortDay(until)}${hours(endsAt)}`;
  return `${shortDay(from)}${hours(startsAt)}-${end}`;
};

/** A notice that follows an approved one goes by itself; one that does not waits for two people, and a supervisor is told so. */
const sendOrAsk = async (
  context: CommandContext,
  noticeId: bigint,
  test: Test,
  stage: TestStage,
  about: { readonly follows: boolean; readonly dueAt: Date },
): Promise<void> => {
  if (about.follows && (await isCovered(context, noticeId))) {
    await startApproved(context, noticeId);
    return;
  }
  const area = await areaOfBuilding(context.sql, test.buildingId, context.today);
  await openTask(context, {
    kind: TASK_NOTICE,
    source: `notice:${noticeId}`,
    title: `试压 ${formatTestNo(test.id)} 的通知 ${noticeId} 待审批 Notice (${stage}) waits for its approval`,
    details: { noticeId: String(noticeId), testId: String(test.id), stage },
    ...(area !== null && { areaId: area.areaId }),
    ownerRole: "supervisor",
    // Approved by the hour at which people are to read it, not by that of the test.
    dueAt: about.dueAt,
  });
};

/** Whether the approval of the notice before it covers this one, and its words were approved beforehand. */
const isCovered = async (context: CommandContext, noticeId: bigint): Promise<boolean> => {
  try {
    return await approveAsFollowing(context, noticeId);
  } catch (error) {
    // The words are new: two people have to read them. The audience that it names is not frozen then.
    if (error instanceof DomainError && error.code === "notice.text-not-approved") return false;
    throw error;
  }
};

const templateOf = (kind: TestKind, stage: TestStage): string =>
  kind === "cold-run" && (stage === "week-before" || stage === "day-before")
    ? `cold-run-${stage}`
    : `test-${stage}`;

type Telling = {
  readonly tests: readonly [Test, ...Test[]];
  readonly stage: TestStage;
  /** Of which window they hear; a change is about the one that ended. */
  readonly windowNo: number;
  readonly audience: {
    readonly buildingIds?: bigint[] | undefined;
    readonly accountNos?: string[] | undefined;
  };
  readonly window: string;
  readonly startsAt?: Date | undefined;
  readonly expiresAt?: Date | undefined;
  readonly about: string;
};

const tell = async (context: CommandContext, telling: Telling): Promise<bigint> => {
  const { sql, actor, now } = context;
  const { tests, stage, windowNo } = telling;
  const [first] = tests;
  const testIds = tests.map((test) => test.id);
  const followsId = await findApprovedBefore(sql, testIds);
  const { noticeId } = await createNotice(context, {
    kind: NOTICE_KIND,
    title: `告知 ${telling.about} ${WHAT[first.kind]}${TITLES[stage]}`.slice(0, 120),
    purpose: "service-notice",
    // A home with a mail address alone is told by mail, and is no gap.
    channels: ["sms", "email"],
    template: templateOf(first.kind, stage),
    variables: { what: WHAT[first.kind], ...(telling.window !== "" && { window: telling.window }) },
    audience: telling.audience,
    ...(followsId !== null && { followsId }),
    startsAt: telling.startsAt,
    expiresAt: telling.expiresAt,
  });
  await insertTellings(sql, { testIds, windowNo, stage, noticeId, now, by: staffIdOf(actor) });
  context.audit({
    subject: `pressure-test:${first.id}`,
    details: { told: stage, windowNo, noticeId, tests: testIds.map(formatTestNo) },
  });
  await sendOrAsk(context, noticeId, first, stage, {
    follows: followsId !== null,
    dueAt: telling.startsAt ?? now,
  });
  return noticeId;
};

const newsOf = (test: Test, stage: TestStage) => ({ what: WHAT[test.kind], news: TITLES[stage], stage });

/** Its hour, or now when that has passed. */
const hourOf = (test: Test, stage: Announcement, now: Date): Date => {
  const day = addDays(dayOfInstant(test.startsAt ?? now), -DAYS_AHEAD[stage]);
  const wanted = instantOfDay(day, HOUR);
  return wanted > now ? wanted : now;
};

/**
 * Every home of a building; of one that was moved, a week before, just those that the word of the move does not name: the others hear
 * of the window from there. Who is in neither would hear of it the day before.
 */
const whomToTell = async (context: CommandContext, tests: readonly Test[], stage: Announcement) => {
  const moved: ReadonlyMap<bigint, readonly string[]> =
    stage === "week-before"
      ? await findUnnamedByMove(
          context.sql,
          tests.map((test) => test.id),
        )
      : new Map();
  const whole = tests.filter((test) => !moved.has(test.id));
  const accountNos = [...moved.values()].flat();
  return {
    whole,
    audience: {
      ...(whole.length > 0 && { buildingIds: whole.map((test) => test.buildingId) }),
      ...(accountNos.length > 0 && { accountNos }),
    },
  };
};

/**
 * Tells of a window that several tests share: one notice for all of their homes, so that a phone with homes in several of these
 * buildings gets one message. What was told is not told again; see `announceRound`.
 */
export const tellAhead = async (
  context: CommandContext,
  tests: readonly [Test, ...Test[]],
  stage: Announcement,
  round: Round,
): Promise<bigint> => {
  const [first] = tests;
  const startsAt = hourOf(first, stage, context.now);
  const window = spokenWindow(first.startsAt, first.endsAt);
  const { whole, audience } = await whomToTell(context, tests, stage);
  const noticeId = await tell(context, {
    tests,
    stage,
    windowNo: first.windowNo,
    audience,
    window,
    startsAt,
    expiresAt: first.startsAt ?? undefined,
    about: round.title,
  });
  // The firm of a moved test has heard of its window with the move.
  await tellFirms(context, whole, {
    ...newsOf(first, stage),
    windowNo: first.windowNo,
    window,
    notBefore: startsAt,
  });
  return noticeId;
};

const PAPER_WORDS = { change: "变更通知", result: "结果通知" } as const;

/** Paper says it where paper said the first thing, and where no number is known. */
const askForPaper = async (
  context: CommandContext,
  test: Test,
  windowNo: number,
  paper: "change" | "result",
): Promise<void> => {
  const postings = await findPostings(context.sql, test.id);
  if (!postings.some((one) => one.paper === "notice" && one.windowNo === windowNo)) return;
  await openAreaTask(context, test.buildingId, {
    kind: TASK_POSTING,
    source: `pressure-test:${test.id}:${windowNo}:${paper}`,
    title: `试压 ${formatTestNo(test.id)} 请到各单元张贴${PAPER_WORDS[paper]}并拍照 Post the ${paper} at its stairwells`,
    details: { testId: String(test.id), windowNo, paper },
    dueAt: context.now,
  });
};

/**
 * Whoever knows an hour that does not hold, and whom no message told so, is told by somebody: one task a change, whose list
 * (`gaps`, `knowsFormer`) names the doors. Repeating is safe.
 */
export const askToKnock = async (
  context: CommandContext,
  test: Pick<Test, "id" | "buildingId">,
  windowNo: number,
  why: string,
): Promise<void> => {
  await openAreaTask(context, test.buildingId, {
    kind: TASK_KNOCK,
    source: `pressure-test:${test.id}:${windowNo}:knock`,
    title: `试压 ${formatTestNo(test.id)} 有住户只知道原定时间，请上门或电话告知 Homes know the old hour only: tell them`,
    details: { testId: String(test.id), windowNo, why },
    dueAt: context.now,
  });
};

/** A change that did not arrive is told by somebody. */
export const pressureChangeSubscriber: Subscriber = {
  name: "pressure-changes",
  handlers: {
    "messages.failed": async (context, { payload }) => {
      const failed = await findFailedChanges(context.sql, payload.messageIds);
      for (const { why, windowNo, ...test } of failed) await askToKnock(context, test, windowNo, why);
    },
  },
};

/**
 * Tells a change of a window to just those who know of it. Nobody, when nobody was told yet. `after` is the test as it is now, its
 * window empty when it is put off or called off.
 */
export const tellChange = async (
  context: CommandContext,
  before: Test,
  stage: "moved" | "postponed" | "cancelled",
  after: { readonly startsAt: Date | null; readonly endsAt: Date | null },
): Promise<void> => {
  const { sql } = context;
  const windowNo = before.windowNo;
  // The firm was told when the window was announced, whatever became of the notice to the homes.
  const isFirmTold = await wasAnnounced(sql, { testId: before.id, windowNo });
  await forgetUntold(sql, [before.id]);
  const told = await toldHomes(sql, before.id, windowNo);
  const window = spokenWindow(after.startsAt, after.endsAt);
  if (told.length > 0) {
    await tell(context, {
      tests: [before],
      stage,
      windowNo,
      audience: { accountNos: told.map((home) => home.accountNo) },
      window,
      about: `${before.community}${before.building}`,
    });
    await askForPaper(context, before, windowNo, "change");
    if (told.some((home) => home.byHand)) await askToKnock(context, before, windowNo, "no-message");
  }
  if (isFirmTold) await tellFirms(context, [before], { ...newsOf(before, stage), windowNo, window });
};

/** Tells every household of the building how it ended. */
export const tellResult = async (
  context: CommandContext,
  test: Test,
  stage: "passed" | "failed",
): Promise<void> => {
  const { windowNo } = test;
  const window = spokenWindow(test.startsAt, test.endsAt);
  await tell(context, {
    tests: [test],
    stage,
    windowNo,
    audience: { buildingIds: [test.buildingId] },
    window,
    about: `${test.community}${test.building}`,
  });
  await askForPaper(context, test, windowNo, "result");
  await tellFirms(context, [test], { ...newsOf(test, stage), windowNo, window });
};
