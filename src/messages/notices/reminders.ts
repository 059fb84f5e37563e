/**
 * Reminders (缴费通知): a stage of the ladder becomes a notice, which people approve like any other. What it says is read again
 * when a message is claimed: who has paid, has a hold or has gone on to a later stage is not told, and whoever is told reads what is open
 * at that moment. A message that reached nobody becomes a call for the manager of the area.
 */
import { instantOfDay } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";
import {
  CLOSING_VISIT_KIND,
  paymentsNow,
  type ReminderNow,
  type ReminderRun,
  reminderRun,
  remindersNow,
  TELLING_RESULTS,
} from "#src/money/reminders/index.ts";
import { seasonName } from "#src/office/calendars/index.ts";
import { openTask, openTasks, recallTask } from "#src/office/tasks/index.ts";
import {
  type ClaimCheck,
  type ClaimedHome,
  type ClaimVerdict,
  hasTemplate,
} from "#src/messages/messaging/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import type { Sql } from "#src/platform/sql.ts";
import { areaOfBuilding, type ServingArea } from "#src/town/grid/index.ts";
import { createNotice } from "./draft.ts";
import type { NoticeChannel } from "./schema.ts";
import {
  type FailedHome,
  findFailedHomes,
  findPayingAccounts,
  findRunsOfNotices,
  findSettledCalls,
  REMINDER_SOURCE,
} from "./reminder-queries.ts";

const sourceOf = (run: ReminderRun): string => `${REMINDER_SOURCE}${run.id}`;

/** Whoever has no mobile and a mail address is written to there, where the text of the stage is written as a mail. */
const channelsOf = (template: string): NoticeChannel[] =>
  hasTemplate({ channel: "email", name: template, locale: "zh-CN" }) ? ["sms", "email"] : ["sms"];

const draftNotice = (context: CommandContext, run: ReminderRun) =>
  createNotice(context, {
    channels: channelsOf(run.stage.template),
    kind: "payment",
    title: `${seasonName(run.season.id)} 缴费通知 · ${run.stage.nameZh} · ${run.businessDate}`,
    purpose: "payment-notice",
    template: run.stage.template,
    variables: { season: seasonName(run.season.id), until: run.season.paymentWindowEndsOn },
    audience: { reminderRunId: run.id, owes: { atLeastFen: 1, offers: true } },
    source: sourceOf(run),
    ...(run.endsOn === null ? {} : { expiresAt: instantOfDay(run.endsOn) }),
  });

/** A ladder may name a text that nobody has written, or a pass may be handled after its stage is over. */
const isRefused = (error: unknown): error is DomainError =>
  error instanceof DomainError && /^(template|notice)\./.test(error.code);

const noticeOfRun = async (context: CommandContext, runId: bigint): Promise<void> => {
  const run = await reminderRun(context.sql, runId);
  if (run === null || run.entered === 0n) return;
  const { nameZh, nameEn } = run.stage;
  try {
    const { noticeId } = await draftNotice(context, run);
    await openTask(context, {
      kind: "reminder-notice",
      source: sourceOf(run),
      title: `缴费通知（${nameZh}，${run.businessDate}，${run.entered} 户）待试发与审批 Notice ${noticeId} (${nameEn}) waits for a sample and an approval`,
      details: { noticeId, stage: run.stage.code, homes: run.entered },
      ownerRole: "supervisor",
    });
  } catch (error) {
    if (!isRefused(error)) throw error;
    await openTask(context, {
      kind: "reminder-notice",
      source: sourceOf(run),
      title: `缴费通知（${nameZh}，${run.businessDate}，${run.entered} 户）未能生成 No notice could be made for ${nameEn}`,
      details: { code: error.code, template: run.stage.template },
      ownerRole: "supervisor",
    });
  }
};

const noticeOf = (regarding: string): bigint | null => {
  const id = /^notice:(\d{1,18})$/.exec(regarding)?.[1];
  return id === undefined ? null : BigInt(id);
};

type AboutHome = ClaimedHome & { readonly accountId: bigint };
const isAboutHome = (home: ClaimedHome): home is AboutHome => home.accountId !== null;

/** The homes by the pass that sent for them; `null`: a payment notice of another sort. */
const byRun = async (
  sql: Sql,
  homes: readonly AboutHome[],
): Promise<ReadonlyMap<bigint | null, AboutHome[]>> => {
  const noticeIds = [...new Set(homes.flatMap(({ regarding }) => noticeOf(regarding) ?? []))];
  const runs = new Map((await findRunsOfNotices(sql, noticeIds)).map((one) => [one.noticeId, one.runId]));
  return Map.groupBy(homes, ({ regarding }) => {
    const noticeId = noticeOf(regarding);
    return noticeId === null ? null : (runs.get(noticeId) ?? null);
  });
};

const verdictOf = (home: AboutHome, now: ReminderNow | undefined): ClaimVerdict => {
  const about = { messageId: home.messageId, accountId: home.accountId };
  if (now === undefined) return { ...about, reason: "account-unknown" };
  return now.goes ? { ...about, amountFen: now.amountFen } : { ...about, reason: now.reason };
};

/** Whatever asks for money reads again whether there is any to ask for, and how much. */
export const paymentNoticeCheck: ClaimCheck = {
  name: "payment-notice",
  purposePrefix: "payment-notice",
  check: async (sql, homes, now) => {
    const verdicts: ClaimVerdict[] = [];
    for (const [runId, group] of await byRun(sql, homes.filter(isAboutHome))) {
      const accountIds = [...new Set(group.map((home) => home.accountId))];
      const stand =
        runId === null
          ? await paymentsNow(sql, { accountIds, now })
          : await remindersNow(sql, { runId, accountIds, now });
      const byAccount = new Map(stand.map((one) => [one.accountId, one]));
      for (const home of group) verdicts.push(verdictOf(home, byAccount.get(home.accountId)));
    }
    return verdicts;
  },
};

export const CALL_KIND = "payment-call";
const CALL_WITHIN_MS = 3 * 86_400_000;
/**
 * One call an account and season while it is about paying: whoever is reached in September has a number for November. What follows for
 * the valve and the debt has to be said anew, however often somebody was rung before.
 */
const callSource = (accountId: bigint, { season, stage }: ReminderRun): string =>
  `account:${accountId}:season:${season.id}${stage.audience === "season-bills" ? "" : `:${stage.code}`}`;
const CHANNEL_WORDS: Readonly<Record<string, string>> = { sms: "短信", email: "邮件", voice: "电话" };

type CallFacts = { readonly run: ReminderRun; readonly accountNo: string; readonly area: ServingArea | null };

const callTask = (context: CommandContext, home: FailedHome, { run, accountNo, area }: CallFacts) => ({
  kind: CALL_KIND,
  source: callSource(home.accountId, run),
  title: `电话缴费提醒：户号 ${accountNo}，${CHANNEL_WORDS[home.channel] ?? "通知"}未送达 Ring this account: its payment notice did not arrive (${home.state})`,
  details: { stage: run.stage.code, audience: run.stage.audience, messageId: home.messageId },
  results: TELLING_RESULTS,
  accountId: home.accountId,
  areaId: area?.areaId,
  ownerRole: "area-manager" as const,
  ownerId: area?.managerId ?? undefined,
  dueAt: new Date(context.now.getTime() + CALL_WITHIN_MS),
});

/** Read again: whoever has paid meanwhile, or is left alone, is not rung. */
const callFailed = async (context: CommandContext, messageIds: readonly bigint[]): Promise<void> => {
  const { sql, now } = context;
  const areas = new Map<bigint, ServingArea | null>();
  for (const [runId, homes] of Map.groupBy(await findFailedHomes(sql, messageIds), (home) => home.runId)) {
    const run = await reminderRun(sql, runId);
    if (run === null) continue;
    const accountIds = [...new Set(homes.map((home) => home.accountId))];
    const stand = new Map(
      (await remindersNow(sql, { runId, accountIds, now })).map((one) => [one.accountId, one]),
    );
    const tasks = [];
    for (const home of homes) {
      const one = stand.get(home.accountId);
      if (one === undefined || !one.goes) continue;
      if (!areas.has(home.buildingId)) {
        areas.set(home.buildingId, await areaOfBuilding(sql, home.buildingId, context.today));
      }
      const area = areas.get(home.buildingId) ?? null;
      tasks.push(callTask(context, home, { run, accountNo: one.accountNo, area }));
    }
    await openTasks(context, tasks);
  }
};

const recallSettled = async (context: CommandContext, accountIds: readonly bigint[]): Promise<void> => {
  for (const kind of [CALL_KIND, CLOSING_VISIT_KIND]) {
    for (const source of await findSettledCalls(context.sql, { accountIds, kind })) {
      await recallTask(context, kind, source, "nothing is to be paid any more");
    }
  }
};

const recallPaid = async (context: CommandContext, paymentIds: readonly bigint[]): Promise<void> =>
  recallSettled(context, await findPayingAccounts(context.sql, paymentIds));

export const reminderSubscriber: Subscriber = {
  name: "reminders",
  handlers: {
    "reminders.entered": (context, event) => noticeOfRun(context, event.payload.runId),
    "messages.failed": (context, event) => callFailed(context, event.payload.messageIds),
    "payment.posted": (context, event) => recallPaid(context, [event.payload.paymentId]),
    "payments.imported": (context, event) => recallPaid(context, event.payload.paymentIds),
    "suspense.claimed": (context, event) => recallSettled(context, [event.payload.accountId]),
    "bill.cancelled": (context, event) => recallSettled(context, [event.payload.accountId]),
  },
};
