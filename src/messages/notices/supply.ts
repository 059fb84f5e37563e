/**
 * Outage and restore (停热与恢复告知): what is said about an incident reaches the supplied homes behind it. The first message waits
 * for one person (an emergency text, approved beforehand) and goes at night as well, on that person's word. What follows is covered
 * by it: a new time to those who are still without heat, the all-clear to just those who were told and have it back; the all-clear
 * waits for the morning. Who has stopped heating is told nothing.
 */
import { DomainError } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { openTask, recallTask } from "#src/office/tasks/index.ts";
import { approveAsFollowing } from "./approve.ts";
import { createNotice } from "./draft.ts";
import { lockNoticesOfIncident, moveNotice } from "./queries.ts";
import { startApproved } from "./run.ts";
import { type Notice, regardingOf } from "./schema.ts";

export type SupplyNews = {
  readonly incidentId: bigint;
  /** What was said: the same is told once. */
  readonly updateId: bigint;
  readonly kind: "opened" | "update" | "partial" | "restored" | "back-again" | "closed" | "cancelled";
  /** Of the incident: for the list, not for the text. */
  readonly title: string;
  /** As people read it, `19:30`. */
  readonly since: string;
  /** '' while nobody knows. */
  readonly back: string;
  /** Whom it is about. */
  readonly buildingIds: readonly bigint[];
  /** Whoever is without heat after it. */
  readonly standingIds: readonly bigint[];
  /** Heat will stop: announced ahead, with two approvers. */
  readonly planned: boolean;
  /** Where the dispatch centre says who has heat: read again when each message is claimed. */
  readonly followsDispatch: boolean;
};

/** As the cases of an incident name what they were told, so that nobody is told twice. */
const sourceOf = ({ incidentId, updateId }: SupplyNews): string =>
  `incident:${incidentId}:update:${updateId}`;

const TEXTS = {
  outage: "supply-outage",
  planned: "supply-planned",
  "new-time": "supply-new-time",
  "heat-back": "supply-back",
} as const;

/** An outage message of yesterday helps nobody. */
const OF_USE_MS = 12 * 3_600_000;
/** Within this a person decides about a notice; so long the older one of its incident waits for it. */
export const DECIDE_MS = 15 * 60_000;
const TASK = "notice-approve";

const askPerson = (context: CommandContext, noticeId: bigint, about: string) =>
  openTask(context, {
    kind: TASK,
    source: regardingOf(noticeId),
    title: `停热告知待批准：通知 ${noticeId} Approve the notice: ${about}`,
    details: { noticeId: String(noticeId) },
    ownerRole: "supervisor",
    dueAt: new Date(context.now.getTime() + DECIDE_MS),
  });

const open: ReadonlySet<Notice["state"]> = new Set(["draft", "waiting", "approved"]);
const moving: ReadonlySet<Notice["state"]> = new Set(["running", "paused"]);

/** What is not so any more: drafts are thrown away, what runs is stopped. */
const end = async (context: CommandContext, notices: readonly Notice[], reason: string): Promise<void> => {
  for (const { id, state } of notices) {
    if (!open.has(state) && !moving.has(state)) continue;
    const to = open.has(state) ? "cancelled" : "stopped";
    await moveNotice(context.sql, { id, from: [state], to, reason, now: context.now });
    context.audit({ subject: regardingOf(id), details: { state: to, reason } });
    if (open.has(state)) await recallTask(context, TASK, regardingOf(id), reason);
  }
};

const first = async (context: CommandContext, news: SupplyNews): Promise<bigint> => {
  const kind = news.planned ? "planned" : "outage";
  const { noticeId, created } = await createNotice(context, {
    kind: news.planned ? "planned-outage" : "outage",
    title: news.title.slice(0, 120),
    purpose: "incident-update",
    template: TEXTS[kind],
    variables: { since: news.since, back: news.back },
    audience: { buildingIds: [...news.buildingIds], supply: ["supplied"] },
    source: sourceOf(news),
    incidentId: news.incidentId,
    emergency: !news.planned,
    passesQuietHours: !news.planned,
    ...(!news.planned && { expiresAt: new Date(context.now.getTime() + OF_USE_MS) }),
    ...(news.followsDispatch && !news.planned && { supplyCheck: "still-out" as const }),
  });
  if (created) await askPerson(context, noticeId, news.planned ? "heat will stop" : "heat has stopped");
  return noticeId;
};

/** Covered by the approval of the first, when its text was approved beforehand; else a person is asked. */
const follow = async (
  context: CommandContext,
  news: SupplyNews,
  told: readonly Notice[],
  kind: "new-time" | "heat-back",
): Promise<bigint> => {
  const isBack = kind === "heat-back";
  const title = `${isBack ? "恢复供热" : "恢复时间"}：${news.title}`.slice(0, 120);
  const { noticeId, created } = await createNotice(context, {
    kind,
    title,
    purpose: "incident-update",
    template: TEXTS[kind],
    variables: isBack ? {} : { back: news.back },
    audience: {
      buildingIds: [...news.buildingIds],
      supply: ["supplied"],
      toldBy: told.map(({ id }) => id),
    },
    source: sourceOf(news),
    incidentId: news.incidentId,
    ...(told[0] !== undefined && { followsId: told[0].id }),
    emergency: true,
    passesQuietHours: !isBack,
    ...(news.followsDispatch && { supplyCheck: isBack ? ("still-back" as const) : ("still-out" as const) }),
  });
  if (!created) return noticeId;
  try {
    if (await approveAsFollowing(context, noticeId)) {
      await startApproved(context, noticeId);
      return noticeId;
    }
  } catch (error) {
    // Refused before anything was written: the text is not approved beforehand, so a person decides.
    if (!(error instanceof DomainError) || error.code !== "notice.text-not-approved") throw error;
  }
  await askPerson(context, noticeId, isBack ? "heat is back" : "a new time");
  return noticeId;
};

/**
 * Turns what was said about an incident into its notice, and ends those that it overtakes. Repeating is safe. Null when nobody is
 * to be told: nothing was ever sent, or it is over without that.
 */
export const noticeForSupply = async (context: CommandContext, news: SupplyNews): Promise<bigint | null> => {
  const all = await lockNoticesOfIncident(context.sql, news.incidentId);
  const known = all.find(({ source }) => source === sourceOf(news));
  if (known !== undefined) return known.id;
  const told = all.filter(({ approvedAt, kind }) => approvedAt !== null && kind !== "heat-back");
  const ofKind = (...kinds: readonly string[]) => all.filter(({ kind }) => kinds.includes(kind));
  if (news.kind === "cancelled" || news.kind === "closed") {
    await end(
      context,
      news.kind === "cancelled" ? all : ofKind("outage", "planned-outage", "new-time"),
      `incident-${news.kind}`,
    );
    return null;
  }
  if (news.buildingIds.length === 0) return null;
  const isBack = news.kind === "partial" || news.kind === "restored";
  if (told.length === 0) {
    // Nobody has been told yet: what waits for its approval is made anew with what is known now, for whoever is without heat.
    await end(context, all, news.standingIds.length === 0 ? "heat-is-back" : "overtaken");
    return news.standingIds.length === 0 ? null : first(context, { ...news, buildingIds: news.standingIds });
  }
  if (news.kind === "restored")
    await end(context, ofKind("outage", "planned-outage", "new-time"), "heat-is-back");
  if (news.kind === "update") {
    // An hour that stands is not said again: the caller reads the other words of the update.
    const last = told.findLast(({ state }) => state !== "stopped");
    const stands = news.back !== "" && last?.variables["back"] === news.back;
    await end(
      context,
      ofKind("new-time").filter(({ id }) => !stands || id !== last?.id),
      "overtaken",
    );
    if (stands) return null;
  }
  if (news.kind === "back-again") {
    await end(context, ofKind("heat-back", "new-time"), "heat-gone-again");
    return follow(context, news, told, "new-time");
  }
  if (isBack) return follow(context, news, told, "heat-back");
  return news.back === "" ? null : follow(context, news, told, "new-time");
};
