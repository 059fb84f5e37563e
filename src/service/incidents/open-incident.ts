/** Opening an incident: one fault, one parent, whoever sees it first. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Affected, affectedBuildings } from "#src/town/supply/index.ts";
import {
  adoptIncident,
  findAssetName,
  findForBuilding,
  findKind,
  findOfCause,
  findStandingBuildings,
  insertBuildings,
  listKindCodes,
  insertIncident,
  insertUpdate,
  mirrorOutage,
  reachesBeyond,
} from "./queries.ts";
import { isScript, renderScript } from "./script.ts";

/** Who saw it. A rule's place is `station:5`; an outage or a rule's place has one incident. */
export type IncidentCause =
  | { readonly by: "person" }
  | { readonly by: "rule"; readonly ruleId: bigint; readonly place: string }
  | { readonly by: "supply"; readonly outageId: bigint };

export type NewIncident = {
  /** `heat-outage`, `cold-area`, `station-noise`: rows. */
  readonly kind: string;
  readonly affected: Affected;
  /** Left out: the place and the kind. */
  readonly title?: string | undefined;
  readonly startsAt: Date;
  readonly expectedBackAt?: Date | undefined;
  /** What is known, for the timeline. */
  readonly note?: string | undefined;
  readonly script?: string | undefined;
  readonly scriptEn?: string | undefined;
  readonly cause?: IncidentCause | undefined;
};

export type OpenedIncident = { readonly incidentId: bigint; readonly opened: boolean };

/** @throws DomainError `incident.kind-unknown`, with the kinds that there are */
export const refuseKind = async (sql: Sql): Promise<never> => {
  const kinds = await listKindCodes(sql);
  return fail("incident.kind-unknown", "there is no such kind of incident", {
    field: "kind",
    remedy: `one of ${kinds.join(", ")} (docs/incidents.md)`,
    facts: { kinds },
  });
};

/** @throws DomainError `incident.script-unreadable` */
export const requireScript = (...texts: readonly (string | null | undefined)[]): void => {
  if (texts.every((text) => text === null || text === undefined || isScript(text))) return;
  fail("incident.script-unreadable", "this text cannot be filled", {
    field: "script",
    remedy: "use {{place}}, {{since}}, {{back}} and {{#if back}}..{{/if}} only",
  });
};

/** @throws DomainError `incident.beyond-scope` */
export const requireAllWithin = async (
  { actor, sql, today }: Pick<CommandContext, "actor" | "sql" | "today">,
  buildingIds: readonly bigint[],
): Promise<void> => {
  if (actor.scope.kind === "everything" || buildingIds.length === 0) return;
  if (await reachesBeyond(sql, { ...scopeBindings(actor.scope, today), buildingIds })) {
    fail("incident.beyond-scope", "this touches buildings outside your areas", {
      remedy: "have it done by the hotline or a supervisor",
    });
  }
};

/** @throws DomainError `incident.nobody-affected` */
export const refuseNobody = (affected: Affected): never => {
  const [field = "affected"] = Object.entries(affected)
    .filter(([, named]) => named !== undefined && named !== null)
    .map(([name]) => name);
  return fail("incident.nobody-affected", "no building hangs on this at that time", {
    field,
    remedy: "look at the network (what it feeds, since when), or name the buildings: buildingIds",
  });
};

const causeIds = (cause: IncidentCause) => ({
  outageId: cause.by === "supply" ? cause.outageId : null,
  ruleId: cause.by === "rule" ? cause.ruleId : null,
  rulePlace: cause.by === "rule" ? cause.place : null,
});

const knownIncident = async (
  context: CommandContext,
  input: NewIncident,
  cause: IncidentCause,
): Promise<bigint | null> => {
  const known = await findOfCause(context.sql, causeIds(cause));
  if (known !== null || cause.by !== "supply") return known?.id ?? null;
  const { heatSourceId = null, stationId = null, loopId = null } = input.affected;
  const adopted = await adoptIncident(context.sql, {
    outageId: cause.outageId,
    heatSourceId,
    stationId,
    loopId,
  });
  if (adopted === null) return null;
  context.audit({ subject: `incident:${adopted.id}`, details: { tiedTo: `outage:${cause.outageId}` } });
  return adopted.id;
};

/**
 * Opens an incident over everything that hangs on what is named, as the network is switched at `startsAt`; of an outage: over
 * what it holds. Banner and menu have it as soon as this is committed. Repeating is safe for an outage and for a rule's
 * place: each has one. A person or a rule that was quicker keeps the incident, and the outage is tied to it.
 * @throws DomainError `incident.kind-unknown`, `incident.nobody-affected`, `incident.beyond-scope`,
 * `incident.script-unreadable`, `supply.nothing-named`
 */
export const openIncident = async (context: CommandContext, input: NewIncident): Promise<OpenedIncident> => {
  const { sql, actor, now } = context;
  const cause = input.cause ?? { by: "person" };
  const kind = (await findKind(sql, input.kind)) ?? (await refuseKind(sql));
  requireScript(input.script, input.scriptEn);
  const buildingIds = await affectedBuildings(sql, input.affected, input.startsAt);
  if (buildingIds.length === 0 && cause.by !== "supply") {
    refuseNobody(input.affected);
  }
  await requireAllWithin(context, buildingIds);
  const before = await knownIncident(context, input, cause);
  if (before !== null) return { incidentId: before, opened: false };
  const asset = {
    heatSourceId: input.affected.heatSourceId ?? null,
    stationId: input.affected.stationId ?? null,
    loopId: input.affected.loopId ?? null,
  };
  const place = await findAssetName(sql, { ...asset, buildingIds: input.affected.buildingIds ?? [] });
  const expectedBackAt = input.expectedBackAt ?? null;
  const inserted = await insertIncident(sql, {
    ...asset,
    ...causeIds(cause),
    kind: kind.code,
    title: (input.title ?? `${place} ${kind.name}`).slice(0, 200),
    openedByKind: cause.by,
    script: input.script ?? null,
    scriptEn: input.scriptEn ?? null,
    startsAt: input.startsAt,
    expectedBackAt,
    now,
    openedBy: staffIdOf(actor),
  });
  // Somebody else opened it in the same moment.
  if (inserted === null) {
    const other = await findOfCause(sql, causeIds(cause));
    return {
      incidentId: other?.id ?? fail("incident.not-found", "there is no such incident"),
      opened: false,
    };
  }
  const incidentId = inserted.id;
  if (cause.by === "supply") await mirrorOutage(sql, { incidentId, outageId: cause.outageId });
  else await insertBuildings(sql, { incidentId, buildingIds, from: input.startsAt });
  const touched =
    cause.by === "supply" ? await findStandingBuildings(sql, { incidentId, at: now }) : buildingIds;
  await insertUpdate(sql, {
    incidentId,
    kind: "opened",
    text: input.note ?? "",
    expectedBackAt,
    buildingIds: touched,
    now,
    byId: staffIdOf(actor),
    byName: actor.name,
  });
  context.audit({
    subject: `incident:${incidentId}`,
    details: { opened: cause, kind: kind.code, buildings: touched.length },
  });
  context.emit({
    type: "incident.opened",
    subject: `incident:${incidentId}`,
    payload: { incidentId: String(incidentId) },
  });
  await tellScreens(context, incidentId, "incident.opened");
  return { incidentId, opened: true };
};

/** The banner of whoever takes calls: everybody's, because a caller may live anywhere. */
export const tellScreens = (
  context: CommandContext,
  incidentId: bigint,
  topic: "incident.opened" | "incident.updated" | "incident.closed",
): Promise<void> =>
  announceLive(context, {
    topic,
    audience: "everyone",
    subject: `incident:${incidentId}`,
    payload: { incidentId },
    permission: "incident.read",
    urgent: true,
  });

export type BuildingIncident = {
  readonly incidentId: bigint;
  readonly kind: string;
  readonly title: string;
  /** What an agent reads out and the menu speaks, in Chinese; `scriptEn` in English. */
  readonly script: string;
  readonly scriptEn: string;
  readonly startsAt: Date;
  readonly expectedBackAt: Date | null;
};

/**
 * The incident that holds a building at an instant, with its text for that instant; null when none does. Read from the
 * database each time, so what is opened or changed is spoken at once.
 * @param category only an incident to which cases of this category belong
 */
export const incidentForBuilding = async (
  sql: Sql,
  buildingId: bigint,
  at: Date,
  category: string | null = null,
): Promise<BuildingIncident | null> => {
  const found = await findForBuilding(sql, { buildingId, at, category });
  if (found === null) return null;
  const facts = {
    place: found.place,
    startsAt: found.startsAt,
    expectedBackAt: found.expectedBackAt,
    now: at,
  };
  return {
    incidentId: found.incidentId,
    kind: found.kindCode,
    title: found.title,
    script: renderScript(found.script, facts, "zh-CN"),
    scriptEn: renderScript(found.scriptEn, facts, "en"),
    startsAt: found.startsAt,
    expectedBackAt: found.expectedBackAt,
  };
};
