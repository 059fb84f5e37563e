/** All SQL on absences. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export const ABSENCE_KINDS = ["leave", "sick", "training", "other"] as const;
export type AbsenceKind = (typeof ABSENCE_KINDS)[number];

const staffByLogin = `select id from staff_members where login = :login`;
export const findStaffByLogin = (sql: Sql, login: string) =>
  sql.maybeOne<{ id: bigint }>(staffByLogin, { login });

const addAbsence = `
  insert into absences (staff_id, valid, kind, entered_at, entered_by)
  values (:staffId, daterange(:from, :until, '[]'), :kind, :now, :enteredBy)
  on conflict do nothing returning id`;
/** No row: another absence of this person covers one of the days. */
export const insertAbsence = (
  sql: Sql,
  row: {
    staffId: bigint;
    from: Day;
    until: Day | null;
    kind: AbsenceKind;
    now: Date;
    enteredBy: bigint | null;
  },
) => sql.maybeOne<{ id: bigint }>(addAbsence, row);

const lockedAbsence = `
  select id, staff_id as "staffId", lower(valid) as "from", upper(valid) as "backOn"
  from absences where id = :id for update`;
export const lockAbsence = (sql: Sql, id: bigint) =>
  sql.maybeOne<{ id: bigint; staffId: bigint; from: Day; backOn: Day | null }>(lockedAbsence, { id });

const shorten = `update absences set valid = daterange(lower(valid), :backOn) where id = :id`;
export const shortenAbsence = (sql: Sql, row: { id: bigint; backOn: Day }) => sql.run(shorten, row);
const drop = `delete from absences where id = :id`;
export const dropAbsence = (sql: Sql, id: bigint) => sql.run(drop, { id });

export type AbsenceRow = {
  readonly id: bigint;
  readonly staffId: bigint;
  readonly login: string;
  readonly displayName: string;
  readonly kind: AbsenceKind;
  readonly from: Day;
  readonly backOn: Day | null;
};

const absences = `
  select a.id, a.staff_id as "staffId", m.login, m.display_name as "displayName", a.kind,
    lower(a.valid) as "from", upper(a.valid) as "backOn"
  from absences a join staff_members m on m.id = a.staff_id
  where (upper_inf(a.valid) or upper(a.valid) > :day::date) and (:afterId::bigint is null or a.id > :afterId::bigint)
  order by a.id limit :limit::integer`;
/** Those that are on or still to come on a day. */
export const findAbsences = (sql: Sql, page: { day: Day; afterId: bigint | null; limit: number }) =>
  sql.rows<AbsenceRow>(absences, page);
