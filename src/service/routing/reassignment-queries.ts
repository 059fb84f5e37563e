/** SQL of bulk reassignments. */
import type { Sql } from "#src/platform/sql.ts";

export type Reassignment = {
  readonly id: bigint;
  readonly fromStaffId: bigint;
  readonly toStaffId: bigint | null;
  readonly fromLogin: string;
  readonly toLogin: string | null;
  readonly reason: string;
  readonly state: "previewed" | "moving" | "moved";
  readonly cases: number;
  readonly preview: unknown;
  readonly cursorTicketId: bigint;
  readonly moved: number;
};

const addReassignment = `
  insert into reassignments (from_staff_id, to_staff_id, reason, cases, preview, created_at, created_by)
  values (:fromStaffId, :toStaffId, :reason, :cases, :preview::jsonb, :now, :by) returning id`;
export const insertReassignment = (
  sql: Sql,
  row: {
    fromStaffId: bigint;
    toStaffId: bigint | null;
    reason: string;
    cases: number;
    preview: string;
    now: Date;
    by: bigint | null;
  },
) => sql.one<{ id: bigint }>(addReassignment, row);

const reassignment = `
  select r.id, r.from_staff_id as "fromStaffId", r.to_staff_id as "toStaffId", giver.login as "fromLogin",
    taker.login as "toLogin", r.reason, r.state, r.cases, r.preview, r.cursor_ticket_id as "cursorTicketId", r.moved
  from reassignments r join staff_members giver on giver.id = r.from_staff_id
  left join staff_members taker on taker.id = r.to_staff_id
  where r.id = :id`;
export const findReassignment = (sql: Sql, id: bigint) => sql.maybeOne<Reassignment>(reassignment, { id });
export const lockReassignment = (sql: Sql, id: bigint) =>
  sql.maybeOne<Reassignment>(`${reassignment} for update of r`, { id });

const advance = `
  update reassignments set state = :state, cursor_ticket_id = :cursor, moved = moved + :moved,
    finished_at = case when :state = 'moved' then :now::timestamptz end
  where id = :id`;
export const advanceReassignment = (
  sql: Sql,
  row: { id: bigint; state: "moving" | "moved"; cursor: bigint; moved: number; now: Date },
) => sql.run(advance, row);
