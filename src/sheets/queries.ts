/** SQL of the frozen sheets and of those who get them. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { SheetName } from "#src/reports/index.ts";

export type FrozenSheet = {
  readonly day: Day;
  readonly sheet: SheetName;
  readonly body: unknown;
  readonly red: boolean;
  readonly frozenAt: Date;
};

const freeze = `
  insert into morning_sheets (day, sheet, body, red, frozen_at) values (:day, :sheet, :body::jsonb, :red, :now)
  on conflict do nothing`;
/** 0 when the sheet of the day stands already. */
export const insertSheet = (
  sql: Sql,
  row: { day: Day; sheet: SheetName; body: string; red: boolean; now: Date },
) => sql.run(freeze, row);

const standing = `select sheet from morning_sheets where day = :day`;
export const findFrozenNames = async (sql: Sql, day: Day): Promise<readonly SheetName[]> =>
  (await sql.rows<{ sheet: SheetName }>(standing, { day })).map(({ sheet }) => sheet);

const ofDay = `
  select day, sheet, body, red, frozen_at as "frozenAt" from morning_sheets
  where day = :day and (:sheet::text is null or sheet = :sheet::text)`;
export const findSheets = (sql: Sql, day: Day, sheet: SheetName | null = null) =>
  sql.rows<FrozenSheet>(ofDay, { day, sheet });

export type SheetDay = {
  readonly day: Day;
  readonly sheets: readonly { readonly sheet: SheetName; readonly red: boolean }[];
  readonly frozenAt: Date;
  readonly mailed: number;
};
const days = `
  select s.day, jsonb_agg(jsonb_build_object('sheet', s.sheet, 'red', s.red)) as sheets, max(s.frozen_at) as "frozenAt",
    (select count(*) from sheet_mailings m where m.day = s.day)::int as mailed
  from morning_sheets s where (:before::date is null or s.day < :before::date)
  group by s.day order by s.day desc limit :limit`;
export const listSheetDays = (sql: Sql, query: { before: Day | null; limit: number }) =>
  sql.rows<SheetDay>(days, query);

export type Receiver = {
  readonly id: bigint;
  readonly name: string;
  readonly mail: string;
  readonly locale: "zh-CN" | "en";
  readonly addedAt: Date;
};
const receivers = `
  select id, name, mail, locale, added_at as "addedAt" from sheet_receivers where ended_at is null order by id`;
export const listReceivers = (sql: Sql) => sql.rows<Receiver>(receivers);

const add = `
  insert into sheet_receivers (name, mail, locale, added_at, added_by) values (:name, :mail, :locale, :now, :by)
  on conflict (mail) where ended_at is null do nothing returning id`;
export const insertReceiver = (
  sql: Sql,
  row: { name: string; mail: string; locale: string; now: Date; by: bigint | null },
) => sql.maybeOne<{ id: bigint }>(add, row);

const end = `
  update sheet_receivers set ended_at = :now, ended_by = :by where id = :id and ended_at is null`;
export const endReceiver = (sql: Sql, row: { id: bigint; now: Date; by: bigint | null }) => sql.run(end, row);

const mailed = `
  insert into sheet_mailings (day, receiver_id, message_id, queued_at) values (:day, :receiverId, :messageId, :now)
  on conflict do nothing`;
export const insertMailing = (
  sql: Sql,
  row: { day: Day; receiverId: bigint; messageId: bigint; now: Date },
) => sql.run(mailed, row);

const lockSending = `select pg_advisory_xact_lock(hashtext('morning-papers'))`;
/** Two who send the same morning make its papers one after the other. */
export const lockPapers = (sql: Sql) => sql.rows(lockSending);

const paper = `
  select file_id as "fileId" from morning_papers where day = :day and locale = :locale`;
export const findPaper = (sql: Sql, of: { day: Day; locale: string }) =>
  sql.maybeOne<{ fileId: bigint }>(paper, of);

const keepPaper = `insert into morning_papers (day, locale, file_id) values (:day, :locale, :fileId)`;
export const insertPaper = (sql: Sql, row: { day: Day; locale: string; fileId: bigint }) =>
  sql.run(keepPaper, row);

const mailings = `
  select r.name, message.state, m.queued_at as "queuedAt"
  from sheet_mailings m join sheet_receivers r on r.id = m.receiver_id join messages message on message.id = m.message_id
  where m.day = :day order by m.receiver_id`;
export const listMailings = (sql: Sql, day: Day) =>
  sql.rows<{ name: string; state: string; queuedAt: Date }>(mailings, { day });
