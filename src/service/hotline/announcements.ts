/**
 * What everybody who calls is told: a greeting, what is known of an incident, and on a cold day (寒潮模式) that we call back
 * instead of keeping people waiting. Rows with history: a change ends one and begins another, and the next sentence that any
 * caller or agent gets is the new one.
 */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { announceLive } from "#src/platform/live-feed.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type Announcement,
  type AnnouncementKind,
  endAnnouncement,
  endSame,
  insertAnnouncement,
  readAnnouncements,
} from "./announcement-queries.ts";

const changed = async (context: CommandContext, id: bigint, kind: AnnouncementKind, began: boolean) => {
  const subject = `announcement:${id}`;
  context.audit({ subject, details: { kind, began } });
  await announceLive(context, {
    topic: "hotline.texts",
    audience: "everyone",
    subject,
    payload: { announcementId: id, kind },
    urgent: true,
  });
};

/**
 * Says something from now on, in place of what was said of the same before.
 * @throws DomainError `announcement.no-incident`, `announcement.said-meanwhile`
 */
export const announce = async (
  context: CommandContext,
  wanted: {
    readonly kind: AnnouncementKind;
    readonly incidentId?: bigint | undefined;
    readonly textZh: string;
    readonly textEn: string;
  },
): Promise<bigint> => {
  const { sql, now } = context;
  const incidentId = wanted.incidentId ?? null;
  if (wanted.kind !== "known-incident" && incidentId !== null) {
    fail("announcement.no-incident", "only a known incident names one", { field: "incidentId" });
  }
  const row = { ...wanted, incidentId, now, staffId: staffIdOf(context.actor) };
  await endSame(sql, row);
  const { id } =
    (await insertAnnouncement(sql, row)) ??
    fail("announcement.said-meanwhile", "somebody else has just announced something of the same", {
      remedy: "read what is said now and decide anew",
    });
  await changed(context, id, wanted.kind, true);
  return id;
};

/** Says it no more. Repeating is safe. @throws DomainError `announcement.not-found` */
export const stopAnnouncing = async (context: CommandContext, id: bigint): Promise<void> => {
  const ended = await endAnnouncement(context.sql, {
    id,
    now: context.now,
    staffId: staffIdOf(context.actor),
  });
  if (ended === null) fail("announcement.not-found", "there is no such announcement");
  await changed(context, id, ended.kind, false);
};

export type Announcements = {
  readonly greeting: Announcement | null;
  /** Set: callers are offered a call-back instead of the queue, in these words. */
  readonly coldDay: Announcement | null;
  readonly knownIncidents: readonly Announcement[];
};

/** What holds at this moment; the menu asks at every call. */
export const currentAnnouncements = async (sql: Sql): Promise<Announcements> => {
  const all = await readAnnouncements(sql);
  return {
    greeting: all.find(({ kind }) => kind === "greeting") ?? null,
    coldDay: all.find(({ kind }) => kind === "cold-day") ?? null,
    knownIncidents: all.filter(({ kind }) => kind === "known-incident"),
  };
};
