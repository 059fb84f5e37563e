/**
 * A plain town by set-based SQL, for tests and benches of what happens after moving in: one community a thousand homes,
 * one charge point each, 90.00 m2 residential (2,052.00 yuan a season) unless told otherwise, owners without phones.
 */
import type { Database } from "#src/platform/database.ts";

export type PlantedTown = { readonly households: number; readonly firstAccountNo: string };

/** The account number of the n-th planted household, from 1. */
export const plantedAccountNo = (n: number): string => String(100_000_000 + n);

/** Seasons `from` to `to` with Zhengzhou's prices; bills of a season opened as debts when `dueOn` is given. */
export const plantSeasons = async (database: Database, from: number, to: number): Promise<void> => {
  await database.sql.run(
    `insert into heating_seasons (id, starts_on, ends_on, bills_open_on, payment_window_ends_on)
     select y, make_date(y, 11, 15), make_date(y + 1, 3, 15), make_date(y, 9, 1), make_date(y, 11, 10)
     from generate_series(:from::int, :to::int) y on conflict do nothing`,
    { from, to },
  );
  await database.sql.run(
    `insert into season_rules (season_id, heat_class, loop_type, billing_days, due_on, document, approved_by)
     select y, c, l, 120, case when l = 'series' or c = 'non-residential' then make_date(y, 11, 15) end,
       '郑价工[2008]24号', 'test'
     from generate_series(:from::int, :to::int) y,
       unnest(array['residential', 'non-residential']) c, unnest(array['independent', 'series']) l
     on conflict do nothing`,
    { from, to },
  );
  await database.sql.run(
    `insert into price_versions (heat_class, price_micro_yuan, valid, document, approved_by)
     select c, p, daterange('2008-11-15', null), '郑价工[2008]24号', 'test'
     from (values ('residential', 190000), ('non-residential', 280000)) v (c, p)
     where not exists (select 1 from price_versions)`,
  );
};

/** Plants `households` homes; every fourth building is series-loop when `seriesShare` is set. Repeating is refused. */
export const plantTown = async (
  database: Database,
  households: number,
  options: { readonly areaMilliM2?: (column: string) => string } = {},
): Promise<PlantedTown> => {
  const area = options.areaMilliM2?.("n") ?? "90000";
  const steps = [
    `insert into heat_sources (id, code, name) values (1, 'S1', '测试热源')`,
    `insert into stations (id, heat_source_id, code, name, owner, taken_over_on) values (1, 1, 'ST1', '测试站', 'company', '2010-01-01')`,
    `insert into loops (id, station_id, code) values (1, 1, 'A')`,
    `insert into communities (id, code, name, base_name, district)
     select c, 'C' || c, '测试小区' || c, '测试小区' || c, '金水区' from generate_series(0, (:households::int - 1) / 1000) c`,
    `insert into buildings (id, community_id, loop_id, name)
     select b, b / 20, 1, (b % 20 + 1) || '号楼' from generate_series(0, (:households::int - 1) / 50) b`,
    `insert into units (id, building_id, name) select b, b, '1单元' from generate_series(0, (:households::int - 1) / 50) b`,
    `insert into premises (id, unit_id, building_id, floor, door, address)
     select n, (n - 1) / 50, (n - 1) / 50, ((n - 1) % 50 / 2 + 1)::text, n::text, '测试小区 ' || n
     from generate_series(1, :households::int) n`,
    `insert into heat_accounts (id, account_no, premises_id, opened_on)
     select n, (100000000 + n)::text, n, '2015-01-01' from generate_series(1, :households::int) n`,
    `insert into charge_points (id, account_id) select n, n from generate_series(1, :households::int) n`,
    `insert into charge_point_terms (id, charge_point_id, valid, heat_class, loop_type, billing_area_milli_m2, area_rule, document)
     select n, n, daterange('2015-01-01', null), 'residential', 'independent', ${area}, 'inner', '测试'
     from generate_series(1, :households::int) n`,
    `insert into supply_states (charge_point_id, valid, state)
     select n, daterange('2015-01-01', null), 'supplied' from generate_series(1, :households::int) n`,
    `insert into valve_states (charge_point_id, valid, state)
     select n, daterange('2015-01-01', null), 'open' from generate_series(1, :households::int) n`,
    `insert into people (id, name, folded_name) select n, '住户' || n, '住户' || n from generate_series(1, :households::int) n`,
    `insert into account_roles (account_id, person_id, role, valid)
     select n, n, 'owner', daterange('2015-01-01', null) from generate_series(1, :households::int) n`,
  ];
  await database.bulk(async (sql) => {
    for (const step of steps) await sql.run(step, step.includes(":households") ? { households } : {});
    for (const table of [
      "heat_accounts",
      "charge_points",
      "charge_point_terms",
      "people",
      "premises",
      "buildings",
      "units",
      "communities",
    ]) {
      await sql.rows(
        `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}) + 1)`,
      );
    }
  });
  return { households, firstAccountNo: plantedAccountNo(1) };
};

/**
 * A bill row with its line, posting, transfer and balance for every planted home, by plain SQL: for tests about what
 * follows a bill run. `state` is the state of the bills. Issue real bills with the billing room where the run matters.
 */
export const plantBills = async (
  database: Database,
  season: number,
  state: "offered" | "due",
): Promise<void> => {
  const bindings = { season, state };
  await database.bulk(async (sql) => {
    await sql.run(
      `with fresh as (
         select cp.account_id, cp.id as point_id, t.id as terms_id, nextval('bills_id_seq') as bill_id,
           nextval('postings_id_seq') as posting_id, t.billing_area_milli_m2 as area,
           round(t.billing_area_milli_m2::numeric * 190000 * 120 * 10000 / 100000000000)::bigint as amount
         from charge_points cp join charge_point_terms t on t.charge_point_id = cp.id
       ), b as (
         insert into bills (id, account_id, charge_point_id, season_id, kind, state, amount_fen, issued_on)
         select bill_id, account_id, point_id, :season::int, 'heat', :state::text::bill_state, amount, make_date(:season::int, 9, 1) from fresh
       ), l as (
         insert into bill_lines (bill_id, kind, amount_fen, heat_class, loop_type, billing_area_milli_m2, area_rule,
           price_version_id, price_micro_yuan, days, share_basis_points, terms_id)
         select bill_id, 'heat', amount, 'residential', 'independent', area, 'inner', 1, 190000, 120, 10000, terms_id from fresh
       ), p as (
         insert into postings (id, kind, source_id, accounting_date, value_date, created_at)
         select posting_id, 'bill-issued', bill_id, make_date(:season::int, 9, 1), make_date(:season::int, 9, 1), now() from fresh
       ), t as (
         insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
         select posting_id, (case when :state::text = 'offered' then 'offered' else 'receivable' end)::ledger_code,
           (case when :state::text = 'offered' then 'unearned_revenue' else 'revenue_residential' end)::ledger_code,
           amount, make_date(:season::int, 9, 1), account_id, :season::int, bill_id from fresh
       )
       insert into household_balances as h (account_id, code, balance_fen)
       select account_id, (case when :state::text = 'offered' then 'offered' else 'receivable' end)::ledger_code, amount
       from fresh
       on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen`,
      bindings,
    );
  });
};
