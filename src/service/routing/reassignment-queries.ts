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

export const ROW_STANDINGS = ["soft", "taken-up", "undone"] as const;
export type RowStanding = (typeof ROW_STANDINGS)[number];

// Soft: nobody else got it since, it is not over, and whoever got it has not put a hand to it.
const moved = `
  select given.id, given.ticket_id as "ticketId", t.ticket_no as "ticketNo", t.state, given.staff_id as "staffId",
    staff.display_name as "toName", role.name as "roleName", role.name_en as "roleNameEn",
    case when exists (select 1 from ticket_assignments back where back.ticket_id = given.ticket_id
        and back.cause_key = 'reassignment-undone:' || :id::bigint) then 'undone'
      when t.state in ('closed', 'cancelled', 'merged') then 'taken-up'
      when exists (select 1 from ticket_assignments later where later.ticket_id = given.ticket_id and later.id > given.id)
        then 'taken-up'
      when exists (select 1 from ticket_entries touched where touched.ticket_id = given.ticket_id
        and touched.entered_by = given.staff_id and touched.entered_at >= given.decided_at) then 'taken-up'
      else 'soft' end as standing
  from ticket_assignments given join tickets t on t.id = given.ticket_id
  join routing_roles role on role.code = given.role_code
  left join staff_members staff on staff.id = given.staff_id
  where given.reassignment_id = :id::bigint`;

export type MovedRow = {
  readonly id: bigint;
  readonly ticketId: bigint;
  readonly ticketNo: string;
  readonly state: string;
  readonly staffId: bigint | null;
  /** Null: on the list of the role. */
  readonly toName: string | null;
  readonly roleName: string;
  readonly roleNameEn: string;
  readonly standing: RowStanding;
};

const movedPage = `select * from (${moved}) moved where moved.id > :afterId::bigint order by moved.id limit :limit`;
/** What became of each case of an order, in the order of moving. */
export const listMoved = (sql: Sql, query: { id: bigint; afterId: bigint; limit: number }) =>
  sql.rows<MovedRow>(movedPage, query);

const softOnes = `select * from (${moved}) moved where moved.standing = 'soft' order by moved.id limit :limit`;
export const listSoft = (sql: Sql, query: { id: bigint; limit: number }) =>
  sql.rows<MovedRow>(softOnes, query);
