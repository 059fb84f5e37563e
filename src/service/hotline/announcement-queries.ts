/** SQL of what everybody who calls is told. */
import type { Sql } from "#src/platform/sql.ts";

export const ANNOUNCEMENT_KINDS = ["greeting", "known-incident", "cold-day"] as const;
export type AnnouncementKind = (typeof ANNOUNCEMENT_KINDS)[number];

export type Announcement = {
  readonly id: bigint;
  readonly kind: AnnouncementKind;
  readonly incidentId: bigint | null;
  readonly textZh: string;
  readonly textEn: string;
  readonly beginsAt: Date;
  readonly begunBy: string | null;
  readonly endedAt: Date | null;
  readonly endedBy: string | null;
};
const COLUMNS = `a.id, a.kind, a.incident_id as "incidentId", a.text_zh as "textZh", a.text_en as "textEn",
  a.begins_at as "beginsAt", begun.display_name as "begunBy", a.ended_at as "endedAt", ended.display_name as "endedBy"`;
const FROM = `from hotline_announcements a left join staff_members begun on begun.id = a.begun_by
  left join staff_members ended on ended.id = a.ended_by`;

/** What holds now; at most a greeting, the cold-day text and one text an incident. */
export const readAnnouncements = (sql: Sql) =>
  sql.rows<Announcement>(
    `select ${COLUMNS} ${FROM} where a.ended_at is null order by a.kind, a.id limit 100`,
  );

export const listAnnouncements = (sql: Sql, query: { beforeId: bigint | null; limit: number }) =>
  sql.rows<Announcement>(
    `select ${COLUMNS} ${FROM} where :beforeId::bigint is null or a.id < :beforeId::bigint
     order by a.id desc limit :limit::integer`,
    query,
  );

/** Ends what this one takes the place of. */
export const endSame = (
  sql: Sql,
  change: { kind: AnnouncementKind; incidentId: bigint | null; now: Date; staffId: bigint | null },
) =>
  sql.run(
    `update hotline_announcements set ended_at = :now, ended_by = :staffId::bigint
     where ended_at is null and kind = :kind
       and (kind <> 'known-incident' or incident_id is not distinct from :incidentId::bigint)`,
    change,
  );

/** Null when somebody else said the same meanwhile. */
export const insertAnnouncement = (
  sql: Sql,
  row: {
    kind: AnnouncementKind;
    incidentId: bigint | null;
    textZh: string;
    textEn: string;
    now: Date;
    staffId: bigint | null;
  },
) =>
  sql.maybeOne<{ id: bigint }>(
    `insert into hotline_announcements (kind, incident_id, text_zh, text_en, begins_at, begun_by)
     values (:kind, :incidentId::bigint, :textZh, :textEn, :now, :staffId::bigint)
     on conflict do nothing returning id`,
    row,
  );

export const endAnnouncement = (sql: Sql, change: { id: bigint; now: Date; staffId: bigint | null }) =>
  sql.maybeOne<{ kind: AnnouncementKind }>(
    `update hotline_announcements set ended_at = coalesce(ended_at, :now),
       ended_by = case when ended_at is null then :staffId::bigint else ended_by end
     where id = :id returning kind`,
    change,
  );
