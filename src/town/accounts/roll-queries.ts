/**
 * The statements of a roll import. They work on temporary tables of one transaction, over all rows at once:
 * roll_rows (as read) > roll_checked (judged against each other and the database) > roll_accepted (with ids).
 */
import type { Day } from "#src/kernel/day.ts";
import { assert } from "#src/kernel/errors.ts";
import type { Sql } from "#src/platform/sql.ts";
import { premisesNamed } from "#src/town/network/index.ts";
import { type AreaRounding, billingAreaSql } from "./billing-area.ts";
import type { StagedRow } from "./roll-row.ts";

const STAGED_COLUMNS: readonly (readonly [keyof StagedRow, string])[] = [
  ["refusal", "refusal"],
  ["accountNo", "account_no"],
  ["oldNumber", "old_number"],
  ["card", "card"],
  ["agreement", "agreement"],
  ["heatSource", "heat_source"],
  ["station", "station"],
  ["stationOwner", "station_owner"],
  ["takenOverOn", "taken_over_on"],
  ["propertyFirmName", "property_firm_name"],
  ["propertyFirmPhone", "property_firm_phone"],
  ["lostFirmPhones", "lost_firm_phones"],
  ["loop", "loop"],
  ["district", "district"],
  ["street", "street"],
  ["community", "community"],
  ["baseName", "base_name"],
  ["phase", "phase"],
  ["building", "building"],
  ["unit", "unit"],
  ["floor", "floor"],
  ["door", "door"],
  ["personName", "person_name"],
  ["foldedName", "folded_name"],
  ["personKind", "person_kind"],
  ["phones", "phones"],
  ["badPhones", "bad_phones"],
  ["heatClass", "heat_class"],
  ["innerArea", "inner_area"],
  ["grossArea", "gross_area"],
  ["billingArea", "billing_area"],
  ["document", "document"],
  ["loopType", "loop_type"],
  ["supplyState", "supply_state"],
  ["valveState", "valve_state"],
  ["area", "area"],
  ["point", "point"],
  ["pointName", "point_name"],
];
const ROW_END = "\u001e";
const CELL_END = "\u001f";
const NAMES = STAGED_COLUMNS.map(([, name]) => name);

const createRows = `
  create temporary table roll_rows (row_no integer not null, ${NAMES.map((name) => `${name} text not null`).join(", ")})
  on commit drop`;

export const createStage = (sql: Sql) => sql.run(createRows);

// One text a batch: the driver escapes one value instead of one per cell. Control characters are never in a cell.
const stageBatch = `
  insert into roll_rows (row_no, ${NAMES.join(", ")})
  select cells[1]::integer, ${NAMES.map((_name, index) => `cells[${index + 2}]`).join(", ")}
  from unnest(string_to_array(:batch, E'\\x1e')) line, lateral string_to_array(line, E'\\x1f') cells`;

export const stagedLine = (rowNo: number, row: StagedRow): string => {
  const cells = [String(rowNo), ...STAGED_COLUMNS.map(([key]) => row[key])];
  return cells.join(CELL_END);
};

export const stageLines = async (sql: Sql, lines: readonly string[]): Promise<void> => {
  const batch = lines.join(ROW_END);
  const staged = await sql.run(stageBatch, { batch });
  assert(staged === lines.length, "every line of the batch is staged");
};

const analyzeRows = `analyze roll_rows`;

/**
 * A row's fingerprint over everything that it says, in the order of the columns: layout and encoding do not matter. A
 * point that is not named adds nothing, so rolls of before there were several points are known again.
 */
const DIGEST = `substring(sha256(convert_to(concat_ws(E'\\x1f', ${NAMES.filter(
  (name) => !["refusal", "base_name", "folded_name", "person_kind", "point", "point_name"].includes(name),
)
  .map((name) => `row.${name}`)
  .join(", ")}, nullif(row.point, '1'), nullif(row.point_name, '')), 'UTF8')) from 1 for 16)`;

// Rows of one building or station may disagree on where it hangs; the commonest word counts, and the cleaning list
// says so. What the database knows already is not changed by a roll.
const check = `
  create temporary table roll_checked on commit drop as
  with buildings_settled as (
    select district, street, community, building,
      mode() within group (order by concat_ws(E'\\x1f', heat_source, station, loop)) as path,
      count(distinct concat_ws(E'\\x1f', heat_source, station, loop)) > 1 as two_loops,
      mode() within group (order by nullif(area, '')) as area_settled,
      count(distinct nullif(area, '')) > 1 as two_areas
    from roll_rows where building <> '' and station <> '' group by district, street, community, building
  ), stations_settled as (
    select heat_source, station,
      mode() within group (order by nullif(station_owner, '')) as owner_settled,
      mode() within group (order by nullif(taken_over_on, '')) as day_settled,
      count(distinct nullif(station_owner, '')) > 1 as two_owners
    from roll_rows where station <> '' group by heat_source, station
  ), stations_known as (
    select source.name as heat_source, station.name as station
    from stations station join heat_sources source on source.id = station.heat_source_id
  ), points_known as (
    select account.account_no, point.ordinal::text as point, point.roll_row_digest
    from (select account_no, point from roll_rows where point <> '1') further
    join heat_accounts account on account.account_no = further.account_no
    join charge_points point on point.account_id = account.id and point.ordinal::text = further.point
    group by account.account_no, point.ordinal, point.roll_row_digest
  ), judged as (
    select row.*, ${DIGEST} as digest,
      count(*) over (partition by row.account_no, row.point) as same_number_count,
      account.id as known_account_id,
      case when row.point = '1' then account.roll_row_digest else known_point.roll_row_digest end as known_digest,
      split_part(building.path, E'\\x1f', 1) as heat_source_settled,
      split_part(building.path, E'\\x1f', 2) as station_settled,
      split_part(building.path, E'\\x1f', 3) as loop_settled,
      building.area_settled, building.two_loops, building.two_areas, station.two_owners,
      station.owner_settled is null as owner_unknown,
      coalesce(station.owner_settled, case when station.day_settled is null then 'property-firm' else 'company' end)
        as station_owner_settled,
      station.day_settled::date as taken_over_on_settled,
      stations_known.station is not null as station_known
    from roll_rows row
    left join heat_accounts account on account.account_no = row.account_no
    left join points_known known_point on known_point.account_no = row.account_no and known_point.point = row.point
    left join buildings_settled building on building.district = row.district and building.street = row.street
      and building.community = row.community and building.building = row.building
    left join stations_settled station on station.heat_source = row.heat_source and station.station = row.station
    left join stations_known on stations_known.heat_source = row.heat_source
      and stations_known.station = row.station
  ), areas as (
    select judged.*, nullif(inner_area, '')::bigint as inner_milli, nullif(gross_area, '')::bigint as gross_milli,
      nullif(billing_area, '')::bigint as given_milli
    from judged
  )
  select areas.*, coalesce(DECIDED_AREA, given_milli) as decided_milli, coalesce(DECIDED_RULE, 'opening') as area_rule,
    case
      when refusal in ('account-no-missing', 'account-no-unreadable', 'charge-point-unreadable') then refusal
      when same_number_count > 1 then 'account-no-twice'
      when known_digest = digest then ''
      when known_account_id is not null then 'account-exists-differently'
      when refusal <> '' then refusal
      when station_owner_settled = 'company' and taken_over_on_settled is null and not station_known
        then 'take-over-day-missing'
      else '' end as judgement,
    known_digest is not distinct from digest and same_number_count = 1 and known_account_id is not null
      as already_there
  from areas`;

const checkWith = (rounding: AreaRounding): string => {
  const decided = billingAreaSql({
    heatClass: "heat_class",
    inner: "coalesce(inner_milli, 0)",
    gross: "coalesce(gross_milli, 0)",
    rounding: `'${rounding}'`,
  });
  return check.replace("DECIDED_AREA", decided.area).replace("DECIDED_RULE", decided.rule);
};

// Half an account would be billed for half of what is heated: its rows are taken together or not at all.
const refuseHalfAccounts = `
  update roll_checked row
  set judgement = case when several.first_there then 'account-other-row-refused' else 'charge-point-first-missing' end
  from (
    select account_no, bool_or(point = '1') as first_there
    from roll_checked
    where account_no in (select account_no from roll_checked where point <> '1') and known_account_id is null
    group by account_no having not bool_or(point = '1') or bool_or(judgement <> '')
  ) several
  where several.account_no = row.account_no and row.judgement = ''`;

const analyzeChecked = `analyze roll_checked`;

export const checkStage = async (sql: Sql, rounding: AreaRounding): Promise<void> => {
  await sql.run(analyzeRows);
  await sql.run(checkWith(rounding));
  await sql.run(refuseHalfAccounts);
  await sql.run(analyzeChecked);
};

export type RollCounts = {
  readonly rows: number;
  readonly accepted: number;
  readonly alreadyThere: number;
  readonly refused: number;
};
const counts = `
  select count(*)::int as rows,
    (count(*) filter (where judgement = '' and not already_there))::int as accepted,
    (count(*) filter (where judgement = '' and already_there))::int as "alreadyThere",
    (count(*) filter (where judgement <> ''))::int as refused
  from roll_checked`;
export const countStage = (sql: Sql) => sql.one<RollCounts>(counts);

export type RefusedRow = {
  readonly rowNo: number;
  readonly reason: string;
  /** Other rows with the same number, for `account-no-twice`. */
  readonly others: string | null;
};
const refusedRows = `
  select checked.row_no as "rowNo", checked.judgement as reason, twins.others
  from roll_checked checked
  left join (
    select account_no, point, string_agg(row_no::text, '、' order by row_no) as others
    from roll_checked where judgement = 'account-no-twice' group by account_no, point
  ) twins on checked.judgement = 'account-no-twice' and twins.account_no = checked.account_no
    and twins.point = checked.point
  where checked.judgement <> '' order by checked.row_no`;
export const findRefused = (sql: Sql) => sql.rows<RefusedRow>(refusedRows);

/** The rows that bring something new, as a relation for `growNetwork` and `growGrid`. */
export const NEW_ROWS = `(select * from roll_checked where judgement = '' and not already_there)`;
export const ACCEPTED = "roll_accepted";

const accept = `
  create temporary table roll_accepted on commit drop as
  select checked.*, case when point = '1' then nextval('heat_accounts_id_seq') end as account_id,
    nextval('charge_points_id_seq') as charge_point_id,
    case when point = '1' and (person_name <> '' or phones <> '') then nextval('people_id_seq') end as person_id
  from roll_checked checked where judgement = '' and not already_there order by row_no`;
// A further point hangs on the account of its point 1, whose row also gives door, people and other numbers.
const joinFurtherPoints = `
  update roll_accepted further set account_id = first.account_id from roll_accepted first
  where further.point <> '1' and first.point = '1' and first.account_no = further.account_no`;
const analyzeAccepted = `analyze roll_accepted`;
export const acceptStage = async (sql: Sql): Promise<void> => {
  await sql.run(accept);
  await sql.run(joinFurtherPoints);
  await sql.run(analyzeAccepted);
};

const insertAccounts = `
  with ${premisesNamed(ACCEPTED)}
  insert into heat_accounts (id, account_no, premises_id, state, opened_on, roll_import_id, roll_row_digest)
  select row.account_id, row.account_no, premises_named.premises_id, 'active', :from::date, :importId, row.digest
  from roll_accepted row join premises_named using (row_no) where row.point = '1' order by row.account_id`;
const insertPoints = `
  insert into charge_points (id, account_id, ordinal, name, roll_row_digest)
  select charge_point_id, account_id, point::smallint, point_name, case when point <> '1' then digest end
  from roll_accepted`;
const insertTermsRows = `
  insert into charge_point_terms (charge_point_id, valid, heat_class, loop_type, billing_area_milli_m2,
    inner_area_milli_m2, gross_area_milli_m2, area_rule, area_rounding, document, decided_at, decided_by)
  select charge_point_id, daterange(:from, null), heat_class, loop_type, decided_milli, inner_milli, gross_milli,
    area_rule, :rounding, coalesce(nullif(document, ''), '户籍导入'), :now, :decidedBy
  from roll_accepted`;
const insertSupplyRows = `
  insert into supply_states (charge_point_id, valid, state, document)
  select charge_point_id, daterange(:from, null), supply_state, '户籍导入' from roll_accepted`;
const insertValveRows = `
  insert into valve_states (charge_point_id, valid, state, document)
  select charge_point_id, daterange(:from, null), valve_state, '户籍导入' from roll_accepted`;
const insertPeople = `
  insert into people (id, kind, name, folded_name)
  select person_id, person_kind, coalesce(nullif(person_name, ''), '未登记'), coalesce(nullif(folded_name, ''), '未登记')
  from roll_accepted where person_id is not null`;
const insertPhones = `
  insert into person_phones (person_id, number, kind, as_written)
  select row.person_id, phone ->> 'number', phone ->> 'kind', phone ->> 'written'
  from roll_accepted row, lateral jsonb_array_elements(row.phones::jsonb) phone
  where row.phones <> '' and row.person_id is not null`;
const insertRoles = `
  insert into account_roles (account_id, person_id, role, valid)
  select account_id, person_id, 'owner', daterange(:from, null) from roll_accepted where person_id is not null`;

/** Other numbers of a relation's rows, one a row: (row_no, account_no, kind, value). */
const aliasesOf = (rows: string): string => `
  select row.row_no, row.account_no, alias.kind, alias.value, row.account_id
  from ${rows} row, lateral (values ('old-number', old_number), ('card', card), ('bank-agreement', agreement))
    alias (kind, value)
  where row.point = '1' and alias.value <> '' and alias.value <> row.account_no`;
// A number that names two accounts would send money to the wrong one: it is stored for none and reported.
const insertAliases = `
  insert into account_aliases (account_id, kind, value)
  select account_id, kind, value
  from (select named.*, count(*) over (partition by kind, value) as owners from (${aliasesOf("roll_accepted")}) named) x
  where owners = 1
    and not exists (select 1 from heat_accounts account where account.account_no = x.value)
    and not exists (select 1 from account_aliases known where known.value = x.value and known.kind = x.kind)`;

export type AccountGrowth = {
  readonly accounts: number;
  readonly chargePoints: number;
  readonly people: number;
  readonly phones: number;
  readonly aliases: number;
};

type GrowthFacts = {
  readonly importId: bigint;
  readonly from: Day;
  readonly rounding: AreaRounding;
  readonly now: Date;
  readonly decidedBy: bigint | null;
};

/** Adds the accounts of roll_accepted with everything that hangs on them. `progress` is told after each table. */
export const growAccounts = async (
  sql: Sql,
  facts: GrowthFacts,
  progress: (table: string) => void,
): Promise<AccountGrowth> => {
  const step = async (table: string, statement: string): Promise<number> => {
    const added = await sql.run(statement, facts);
    progress(table);
    return added;
  };
  const accounts = await step("heat_accounts", insertAccounts);
  const chargePoints = await step("charge_points", insertPoints);
  await step("charge_point_terms", insertTermsRows);
  await step("supply_states", insertSupplyRows);
  await step("valve_states", insertValveRows);
  const people = await step("people", insertPeople);
  const phones = await step("person_phones", insertPhones);
  await step("account_roles", insertRoles);
  const aliases = await step("account_aliases", insertAliases);
  return { accounts, chargePoints, people, phones, aliases };
};

const foreseeAccounts = `
  select (count(*) filter (where point = '1'))::int as accounts, count(*)::int as "chargePoints",
    (count(*) filter (where point = '1' and (person_name <> '' or phones <> '')))::int as people,
    coalesce(sum(case when phones = '' then 0 else jsonb_array_length(phones::jsonb) end)
      filter (where point = '1'), 0)::int as phones,
    coalesce(sum((old_number not in ('', account_no))::int + (card not in ('', account_no))::int
      + (agreement not in ('', account_no))::int) filter (where point = '1'), 0)::int as aliases
  from roll_checked where judgement = '' and not already_there`;
/** What `growAccounts` would add (aliases before those that name two accounts are left out). */
export const foreseeAccountGrowth = (sql: Sql) => sql.one<AccountGrowth>(foreseeAccounts);

const claimImport = `
  insert into roll_imports (sha256, file_name, encoding, row_count, accepted_count, refused_count, committed_at,
    committed_by)
  values (:sha256, :fileName, :encoding, 0, 0, 0, :now, :committedBy)
  on conflict (sha256) do nothing returning id`;
/** Null when these very bytes were imported before; waits for another who imports them now. */
export const insertImport = (
  sql: Sql,
  row: { sha256: Uint8Array; fileName: string; encoding: string; now: Date; committedBy: bigint | null },
) => sql.maybeOne<{ id: bigint }>(claimImport, row);

const settleImport = `
  update roll_imports set row_count = :rows, accepted_count = :accepted, refused_count = :refused, report = :report::jsonb
  where id = :importId`;
export const updateImport = (
  sql: Sql,
  row: { importId: bigint; rows: number; accepted: number; refused: number; report: string },
) => sql.run(settleImport, row);

const importBySha = `
  select id, report, committed_at as "committedAt" from roll_imports where sha256 = :sha256`;
export const findImport = <Report>(sql: Sql, sha256: Uint8Array) =>
  sql.maybeOne<{ id: bigint; report: Report; committedAt: Date }>(importBySha, { sha256 });
