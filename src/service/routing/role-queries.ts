/** All SQL on the roles of routing: their steps, the members of desks, and where a channel's cases begin. */
import type { Day } from "#src/kernel/day.ts";
import type { Duty } from "#src/town/grid/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Level, OwnerRole, StepSource } from "./vocabulary.ts";

export type StepRow = {
  readonly position: number;
  readonly source: StepSource;
  readonly duty: Duty | null;
  readonly holderRole: OwnerRole | null;
  readonly climbs: boolean;
  readonly heedsCapacity: boolean;
};
export type RoleRow = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly staffRole: OwnerRole;
  readonly desk: boolean;
  readonly steps: readonly StepRow[];
};

const rolesInFull = `
  select r.code, r.name, r.name_en as "nameEn", r.staff_role as "staffRole", r.desk,
    coalesce((select jsonb_agg(jsonb_build_object('position', s.position, 'source', s.source, 'duty', s.duty,
        'holderRole', s.holder_role, 'climbs', s.climbs, 'heedsCapacity', s.heeds_capacity) order by s.position)
      from routing_steps s where s.role_code = r.code), '[]') as steps,
    array(select m.login from routing_desk_members d join staff_members m on m.id = d.staff_id
      where d.role_code = r.code and d.valid @> :day::date order by m.login) as members
  from routing_roles r order by r.code`;
export const findRolesInFull = (sql: Sql, day: Day) =>
  sql.rows<RoleRow & { readonly members: readonly string[] }>(rolesInFull, { day });

const storeRole = `
  insert into routing_roles (code, name, name_en, staff_role, desk)
  values (:code, :name, :nameEn, :staffRole, :desk)
  on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, staff_role = excluded.staff_role,
    desk = excluded.desk`;
const dropSteps = `delete from routing_steps where role_code = :code`;
const storeSteps = `
  insert into routing_steps (role_code, position, source, duty, holder_role, climbs, heeds_capacity)
  select :code, s.position, s.source, s.duty, s."holderRole", s.climbs, s."heedsCapacity"
  from jsonb_to_recordset(:steps::jsonb) s (position smallint, source text, duty text, "holderRole" text,
    climbs boolean, "heedsCapacity" boolean)`;
export const replaceRole = async (sql: Sql, role: RoleRow): Promise<void> => {
  await sql.run(storeRole, role);
  await sql.run(dropSteps, role);
  await sql.run(storeSteps, { code: role.code, steps: JSON.stringify(role.steps) });
};

const roleKnown = `select 1 as one from routing_roles where code = :code`;
export const isRoleKnown = async (sql: Sql, code: string): Promise<boolean> =>
  (await sql.maybeOne(roleKnown, { code })) !== null;

const addMember = `
  insert into routing_desk_members (role_code, staff_id, valid) values (:role, :staffId, daterange(:from, null))
  on conflict do nothing returning staff_id as "staffId"`;
/** No row: a member already. */
export const insertMember = (sql: Sql, row: { role: string; staffId: bigint; from: Day }) =>
  sql.maybeOne<{ staffId: bigint }>(addMember, row);

const dropMember = `
  delete from routing_desk_members where role_code = :role and staff_id = :staffId and lower(valid) >= :from`;
const endMember = `
  update routing_desk_members set valid = daterange(lower(valid), :from)
  where role_code = :role and staff_id = :staffId and valid @> :from::date`;
export const endMembership = async (
  sql: Sql,
  row: { role: string; staffId: bigint; from: Day },
): Promise<number> => (await sql.run(dropMember, row)) + (await sql.run(endMember, row));

const startLevels = `select channel, level from routing_start_levels order by channel`;
export const findStartLevels = (sql: Sql) => sql.rows<{ channel: string; level: Level }>(startLevels);
const storeStartLevel = `
  insert into routing_start_levels (channel, level) values (:channel, :level)
  on conflict (channel) do update set level = excluded.level`;
export const upsertStartLevel = (sql: Sql, row: { channel: string; level: Level }) =>
  sql.run(storeStartLevel, row);
