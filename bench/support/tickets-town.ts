/** Who serves the planted town: an area for every five buildings, each with a manager who is never too busy. */
import type { Database } from "#src/platform/database.ts";

export const plantManagers = async (owner: Database): Promise<void> => {
  for (const step of [
    `insert into staff_members (id, login, display_name, password_hash, must_change_password, created_at)
     select a, 'manager.' || a, '专管员' || a, null, false, now() from generate_series(1, (select max(id) / 5 + 1 from buildings)) a`,
    `insert into staff_roles (staff_id, role) select id, 'area-manager' from staff_members where login like 'manager.%'`,
    `insert into service_areas (id, code, name, level) select id, 'A' || id, '片区' || id, 'area' from staff_members where login like 'manager.%'`,
    `insert into service_area_buildings (area_id, building_id, valid)
     select id / 5 + 1, id, daterange('2015-01-01', null) from buildings`,
    `insert into area_duties (area_id, staff_id, duty, valid) select id, id, 'manager', daterange('2015-01-01', null) from service_areas`,
    `insert into staff_capacities (staff_id, valid, open_limit) select id, daterange('2015-01-01', null), 1000000 from service_areas`,
    `insert into responsibility_tables (id, name, created_at) values (1, 'bench', now())`,
    `insert into responsibilities (table_id, category, boundary, level, role_code)
     values (1, '*', 'ours', '*', 'area-manager'), (1, '*', 'property-firm', '*', 'property-desk'), (1, '*', 'unknown', '*', 'service-desk')`,
    `update responsibility_tables set state = 'live', valid = tstzrange('2015-01-01', null) where id = 1`,
    `select setval(pg_get_serial_sequence('staff_members', 'id'), (select max(id) from staff_members) + 1)`,
    `select setval(pg_get_serial_sequence('service_areas', 'id'), (select max(id) from service_areas) + 1)`,
  ]) {
    await owner.sql.run(step);
  }
};
