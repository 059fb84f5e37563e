/**
 * A notice until its approval: written, changed, thrown away. Whoever is bound to areas writes to the homes of these alone, and
 * the bounds stay with the notice, whoever approves it.
 */
import { DomainError, fail } from "#src/kernel/errors.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext, hashRequest } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { readTexts } from "#src/messages/messaging/index.ts";
import { decideApproval, withdrawApproval } from "#src/office/approvals/index.ts";
import { findUnknown, thawAudience } from "./audience-queries.ts";
import {
  findNoticeOfSource,
  findNoticeRow,
  findVisibleNotice,
  insertNotice,
  lockNotice,
  moveNotice,
  updateContent,
} from "./queries.ts";
import {
  type Audience,
  type Notice,
  type NoticeChannel,
  type NoticePurpose,
  PLACES,
  storedAudienceIn,
  type Variables,
} from "./schema.ts";
import { requireEmergency, requireFitValues, requireTakenValues } from "./text.ts";

export type NewNotice = {
  /** `general`, `outage`, `greeting`: what sort, for the list. */
  readonly kind: string;
  readonly title: string;
  readonly purpose: NoticePurpose;
  /** In this order: a household gets it by the first that reaches it. Default: text message only. */
  readonly channels?: readonly NoticeChannel[] | undefined;
  readonly template: string;
  readonly locale?: "zh-CN" | "en" | undefined;
  readonly variables?: Variables | undefined;
  readonly audience: Audience;
  /** What it comes from: the same source makes the same notice once. */
  readonly source?: string | undefined;
  readonly incidentId?: bigint | undefined;
  /** Read again when a message is claimed: a home that is heated is not told that it has no heat, nor the other way round. */
  readonly supplyCheck?: "still-out" | "still-back" | undefined;
  /** An approved notice before it, whose approval covers this one: its people, told what became of it. */
  readonly followsId?: bigint | undefined;
  readonly emergency?: boolean | undefined;
  readonly passesQuietHours?: boolean | undefined;
  readonly startsAt?: Date | undefined;
  readonly expiresAt?: Date | undefined;
};

export const refuseUnknown = (): never => fail("notice.not-found", "there is no such notice");

/** The notice that the actor may see, for reading. @throws DomainError `notice.not-found` */
export const accessNotice = async (sql: Sql, actor: Actor, id: bigint): Promise<Notice> =>
  (await findVisibleNotice(sql, { id, ...boundsOf(actor) })) ?? refuseUnknown();

export const boundsOf = ({ scope }: Actor) => ({
  scopeKind: scope.kind,
  scopeIds: scope.kind === "areas" ? scope.areaIds : scope.kind === "accounts" ? scope.accountIds : [],
});

/** The whole town and one house of it: who adds up the two writes to everybody by a slip. Who was told, or missed, narrows it. */
const requireOnePlace = (audience: Audience): void => {
  if (audience.everybody === undefined) return;
  const others = PLACES.filter(
    (place) => !["everybody", "toldBy", "missedBy"].includes(place) && audience[place] !== undefined,
  );
  if (others.length === 0) return;
  fail("notice.audience-contradicts", `this audience is everybody, and also ${others.join(", ")}`, {
    field: "audience.everybody",
    remedy:
      "leave out everybody to write to the places that are named, or the places to write to the whole town",
    facts: { places: others },
  });
};

const requirePlace = (audience: Audience): void => {
  requireOnePlace(audience);
  if (PLACES.some((place) => audience[place] !== undefined)) return;
  fail("notice.audience-open", "this audience names no place", {
    field: "audience",
    remedy: `name ${PLACES.filter((place) => place !== "everybody").join(", ")}; or everybody: true, if it is for the whole town`,
  });
};

type Bounds = Pick<Notice, "scopeKind" | "scopeIds"> & { readonly scopeDay: string };

/**
 * A slip in a list would leave a home unwarned, and nobody would see that it is missing.
 */
const requireKnown = async (
  sql: Sql,
  audience: Audience,
  { scopeKind, scopeIds, scopeDay }: Bounds,
): Promise<void> => {
  const unknown = await findUnknown(sql, audience, { scopeKind, scopeIds, scopeDay });
  if (unknown.length === 0) return;
  fail("notice.audience-unknown", "this audience names what does not exist here", {
    field: "audience",
    remedy:
      "correct or remove what is listed; an account that is closed, or outside your areas, counts as unknown",
    facts: Object.fromEntries(unknown.map((one) => [one.place, one.unknown])),
  });
};

/** As it will be read again by every later step: what cannot be is refused where it is made. */
const storedOf = (audience: Audience): string => {
  const stored = canonicalJson(audience);
  const read = storedAudienceIn.safeParse(JSON.parse(stored));
  if (read.success) return stored;
  return fail("notice.audience-unreadable", "this audience could not be read again", {
    field: `audience.${read.error.issues[0]?.path.join(".") ?? ""}`,
    remedy: "name fewer of them, or a place that holds them all",
    facts: { why: read.error.issues[0]?.message },
  });
};

/**
 * An audience that a notice could have, in its stored form.
 * @throws DomainError `notice.audience-open`, `notice.audience-contradicts`, `notice.audience-unknown`, `notice.audience-unreadable`
 */
export const requireAudience = async (
  sql: Sql,
  audience: Audience,
  bounds: Bounds,
): Promise<Notice["audience"]> => {
  requirePlace(audience);
  const stored = storedOf(audience);
  await requireKnown(sql, audience, bounds);
  return JSON.parse(stored) as Notice["audience"];
};

/** What is listed by the thousand, or names homes, stands in the audit as how many they were and a digest that proves which. */
const auditedAudience = (audience: Audience, stored: string) => ({
  digest: Buffer.from(hashRequest(stored)).toString("hex"),
  ...Object.fromEntries(
    Object.entries(audience).map(([key, value]) => [
      key,
      Array.isArray(value) && (key === "accountNos" || value.length > MOST_AUDITED)
        ? { count: value.length }
        : value,
    ]),
  ),
});
const MOST_AUDITED = 50;

/**
 * At night people are woken by word that their heat is gone, and by an emergency of the service; by nothing else.
 * @throws DomainError `notice.quiet-hours`
 */
const requireMayWake = (notice: Pick<Notice, "purpose" | "emergency" | "passesQuietHours">): void => {
  const { purpose, emergency, passesQuietHours } = notice;
  if (!passesQuietHours || purpose === "incident-update" || (purpose === "service-notice" && emergency))
    return;
  fail("notice.quiet-hours", `a notice for ${purpose} does not wake anybody`, {
    field: "passesQuietHours",
    remedy:
      "leave it to contact hours; only word of an incident, or an emergency of the service, goes at night",
  });
};

const requireTimes = (startsAt: Date | null, expiresAt: Date | null, now: Date): void => {
  if (expiresAt === null || expiresAt > (startsAt ?? now)) return;
  fail("notice.expires-first", "it would be of no use before it begins", { field: "expiresAt" });
};

/**
 * Writes a draft. Repeating with a source is safe: the notice of that source is answered, whatever became of it.
 * @throws DomainError `notice.audience-open`, `notice.audience-contradicts`, `notice.audience-unknown`,
 * `notice.audience-unreadable`, `notice.expires-first`, `notice.quiet-hours`, those of `requireTexts`, `requireFitValues` and
 * `requireEmergency`
 */
export const createNotice = async (
  context: CommandContext,
  wanted: NewNotice,
): Promise<{ readonly noticeId: bigint; readonly created: boolean }> => {
  const { sql, actor, now } = context;
  requirePlace(wanted.audience);
  const audience = storedOf(wanted.audience);
  await requireKnown(sql, wanted.audience, { ...boundsOf(actor), scopeDay: context.today });
  const content = {
    purpose: wanted.purpose,
    channels: wanted.channels ?? (["sms"] as const),
    template: wanted.template,
    locale: wanted.locale ?? ("zh-CN" as const),
    variables: wanted.variables ?? {},
  };
  const texts = await readTexts(sql, now);
  requireFitValues(texts, content);
  const [emergency, passesQuietHours] = [wanted.emergency ?? false, wanted.passesQuietHours ?? false];
  if (emergency) requireEmergency(texts, content);
  requireMayWake({ ...content, emergency, passesQuietHours });
  const [startsAt, expiresAt] = [wanted.startsAt ?? null, wanted.expiresAt ?? null];
  requireTimes(startsAt, expiresAt, now);
  const inserted = await insertNotice(sql, {
    ...content,
    ...boundsOf(actor),
    kind: wanted.kind,
    title: wanted.title,
    variables: canonicalJson(content.variables),
    audience,
    source: wanted.source ?? null,
    incidentId: wanted.incidentId ?? null,
    followsId: wanted.followsId ?? null,
    supplyCheck: wanted.supplyCheck ?? "",
    emergency,
    passesQuietHours,
    startsAt,
    expiresAt,
    now,
    createdBy: staffIdOf(actor),
  });
  if (inserted === null) {
    const known = (await findNoticeOfSource(sql, wanted.source ?? "")) ?? refuseUnknown();
    return { noticeId: known.id, created: false };
  }
  context.audit({
    subject: `notice:${inserted.id}`,
    details: {
      kind: wanted.kind,
      template: wanted.template,
      audience: auditedAudience(wanted.audience, audience),
      source: wanted.source,
    },
  });
  return { noticeId: inserted.id, created: true };
};

/**
 * Locks a notice for a person's change: seen, not changed meanwhile, and its bounds within the person's own.
 * @throws DomainError `notice.not-found`, `notice.beyond-scope`, `version.stale`
 */
export const beginNoticeChange = async (
  context: CommandContext,
  id: bigint,
  version: number | null,
): Promise<Notice> => {
  const { sql, actor } = context;
  await accessNotice(sql, actor, id);
  const notice = (await lockNotice(sql, id)) ?? refuseUnknown();
  const { scopeKind, scopeIds } = boundsOf(actor);
  const isWithin =
    scopeKind === "everything" ||
    (notice.scopeKind === scopeKind && notice.scopeIds.every((one) => scopeIds.includes(one)));
  if (!isWithin) {
    fail("notice.beyond-scope", "this notice reaches homes outside your areas", {
      remedy: "have it done by a supervisor",
    });
  }
  requireVersion(notice, version);
  return notice;
};

/** @throws DomainError `version.stale` */
export const requireVersion = (notice: Notice, version: number | null): void => {
  if (version === null || notice.version === version) return;
  fail("version.stale", "somebody else changed this notice meanwhile", {
    remedy: "read it again and decide anew",
    facts: { version: notice.version },
  });
};

/** @throws DomainError `notice.wrong-state` with what it is */
export const requireState = (notice: Notice, ...states: readonly Notice["state"][]): void => {
  if (states.includes(notice.state)) return;
  fail("notice.wrong-state", `this notice is ${notice.state}`, {
    remedy: `this can be done while it is ${states.join(" or ")}`,
    facts: { state: notice.state },
  });
};

/**
 * An approval that waits is taken back by whoever asked, else refused by whoever changes what it was about. One that was decided and
 * not used is about a version that is gone.
 */
const dropRequest = async (context: CommandContext, notice: Notice): Promise<void> => {
  const { approvalId, requestedBy, state } = notice;
  const staffId = staffIdOf(context.actor);
  if (state !== "waiting" || approvalId === null || staffId === null) return;
  try {
    if (requestedBy === staffId) await withdrawApproval(context, approvalId, "room");
    else await decideApproval(context, approvalId, "refused", "内容已修改", "room");
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "approval.already-decided") throw error;
  }
};

export type NoticeChange = Partial<
  Pick<Notice, "title" | "channels" | "template" | "locale" | "variables" | "passesQuietHours">
> & {
  readonly audience?: Audience | undefined;
  readonly startsAt?: Date | null | undefined;
  readonly expiresAt?: Date | null | undefined;
};

/**
 * Changes a notice that does not run yet. Whatever was asked for, approved and frozen is gone: another approval is needed.
 * @throws DomainError as `beginNoticeChange`, and `notice.wrong-state`, `notice.audience-open`, `notice.audience-contradicts`,
 * `notice.audience-unknown`, `notice.expires-first`, `notice.quiet-hours`, those of `requireTexts`, `requireTakenValues`,
 * `requireFitValues` and `requireEmergency`
 */
export const changeNotice = async (
  context: CommandContext,
  id: bigint,
  version: number,
  change: NoticeChange,
): Promise<number> => {
  const { sql, now } = context;
  const notice = await beginNoticeChange(context, id, version);
  requireState(notice, "draft", "waiting", "approved");
  const audience = change.audience ?? storedAudienceIn.parse(notice.audience);
  requirePlace(audience);
  const stored = storedOf(audience);
  if (change.audience !== undefined)
    await requireKnown(sql, audience, { ...notice, scopeDay: context.today });
  const content = { ...notice, ...change };
  const texts = await readTexts(sql, now);
  if (change.variables !== undefined) requireTakenValues(texts, content);
  requireFitValues(texts, content);
  if (notice.emergency) requireEmergency(texts, content);
  requireMayWake(content);
  const startsAt = change.startsAt === undefined ? notice.startsAt : change.startsAt;
  const expiresAt = change.expiresAt === undefined ? notice.expiresAt : change.expiresAt;
  requireTimes(startsAt, expiresAt, now);
  await dropRequest(context, notice);
  if (notice.state === "approved") await thawAudience(sql, id);
  const changed = await updateContent(sql, {
    id,
    title: content.title,
    channels: content.channels,
    template: content.template,
    locale: content.locale,
    variables: canonicalJson(content.variables),
    audience: stored,
    startsAt,
    expiresAt,
    passesQuietHours: content.passesQuietHours,
    reason: notice.state === "draft" ? "" : "changed-after-approval",
    now,
  });
  context.audit({
    subject: `notice:${id}`,
    details: { changed: Object.keys(change), was: notice.state },
  });
  return changed?.version ?? refuseUnknown();
};

/**
 * Throws a notice away that did not run. @throws DomainError as `beginNoticeChange`, and `notice.wrong-state`
 */
export const cancelNotice = async (
  context: CommandContext,
  id: bigint,
  version: number | null,
  reason: string,
): Promise<void> => {
  const notice = await beginNoticeChange(context, id, version);
  requireState(notice, "draft", "waiting", "approved");
  await dropRequest(context, notice);
  await moveNotice(context.sql, {
    id,
    from: ["draft", "waiting", "approved"],
    to: "cancelled",
    reason,
    now: context.now,
  });
  context.audit({ subject: `notice:${id}`, details: { cancelled: reason } });
};

/** A notice for other rooms, by its id. */
export const findNotice = (sql: Sql, id: bigint): Promise<Notice | null> => findNoticeRow(sql, id);
