/** All SQL on accounts, their numbers, charge points, terms and states. */
import type { Day } from "#src/kernel/day.ts";
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { AccountState } from "./account-states.ts";
import type { AreaRounding, HeatClass } from "./billing-area.ts";
import type { SupplyState } from "./supply-states.ts";
import type { ValveState } from "./valve-states.ts";

export type AccountRow = {
  readonly id: bigint;
  readonly accountNo: string;
  readonly premisesId: bigint;
  readonly buildingId: bigint;
  readonly state: AccountState;
  readonly openedOn: Day;
  readonly closedOn: Day | null;
  readonly version: number;
};

const ACCOUNT_COLUMNS = `
  account.id, account.account_no as "accountNo", account.premises_id as "premisesId",
  premises.building_id as "buildingId", account.state, account.opened_on as "openedOn",
  account.closed_on as "closedOn", account.version`;

export const accountIdByNumber = `
  select id from heat_accounts where account_no = :text`;

export const accountIdsByAlias = `
  select distinct account_id as "accountId" from account_aliases where value = :text limit 2`;

const accountInScope = `
  select ${ACCOUNT_COLUMNS}
  from heat_accounts account join premises on premises.id = account.premises_id
  where account.id = :accountId and ${accountScope("account")}`;

export const findAccountInScope = (
  sql: Sql,
  accountId: bigint,
  scope: Bindings,
): Promise<AccountRow | null> => sql.maybeOne<AccountRow>(accountInScope, { accountId, ...scope });

const accountByNumberInScope = `
  select ${ACCOUNT_COLUMNS}
  from heat_accounts account join premises on premises.id = account.premises_id
  where account.account_no = :accountNo and ${accountScope("account")}`;

export const findAccountByNumberInScope = (
  sql: Sql,
  accountNo: string,
  scope: Bindings,
): Promise<AccountRow | null> => sql.maybeOne<AccountRow>(accountByNumberInScope, { accountNo, ...scope });

const accountById = `
  select ${ACCOUNT_COLUMNS}
  from heat_accounts account join premises on premises.id = account.premises_id
  where account.id = :accountId`;

export const findAccountById = (sql: Sql, accountId: bigint): Promise<AccountRow | null> =>
  sql.maybeOne<AccountRow>(accountById, { accountId });

const lockAndCount = `
  update heat_accounts set version = version + 1
  where id = :accountId and (:version::int is null or version = :version)
  returning version`;

/** Locks the account and counts its version up; null when somebody changed it meanwhile. */
export const lockAccount = (sql: Sql, accountId: bigint, version: number | null) =>
  sql.maybeOne<{ version: number }>(lockAndCount, { accountId, version });

const addAccount = `
  insert into heat_accounts (account_no, premises_id, state, opened_on)
  values (:accountNo, :premisesId, :state, :openedOn)
  on conflict (account_no) do nothing
  returning id`;

/** Null when the number is taken. */
export const insertAccount = (
  sql: Sql,
  row: { accountNo: string; premisesId: bigint; state: AccountState; openedOn: Day },
) => sql.maybeOne<{ id: bigint }>(addAccount, row);

const moveAccountState = `
  update heat_accounts set state = :to, closed_on = :closedOn::date where id = :accountId and state = :from
  returning state`;

export const updateAccountState = (
  sql: Sql,
  row: { accountId: bigint; from: string; to: string; closedOn: Day | null },
) => sql.maybeOne<{ state: AccountState }>(moveAccountState, row);

const addAlias = `
  insert into account_aliases (account_id, kind, value) values (:accountId, :kind, :value)
  on conflict (value, kind) do nothing`;

export const insertAlias = (sql: Sql, row: { accountId: bigint; kind: AliasKind; value: string }) =>
  sql.run(addAlias, row);

const aliasOwner = `
  select account_id as "accountId" from account_aliases where value = :value and kind = :kind`;

export const findAliasOwner = (sql: Sql, row: { kind: AliasKind; value: string }) =>
  sql.maybeOne<{ accountId: bigint }>(aliasOwner, row);

export const ALIAS_KINDS = ["old-number", "card", "bank-agreement"] as const;
export type AliasKind = (typeof ALIAS_KINDS)[number];

const addChargePoint = `
  insert into charge_points (account_id, ordinal, name)
  select :accountId, coalesce(max(ordinal), 0) + 1, :name from charge_points where account_id = :accountId
  returning id, ordinal`;

export const insertChargePoint = (sql: Sql, row: { accountId: bigint; name: string }) =>
  sql.one<{ id: bigint; ordinal: number }>(addChargePoint, row);

export type ChargePointRow = { readonly id: bigint; readonly ordinal: number; readonly name: string };

const chargePointsOf = `
  select id, ordinal, name from charge_points where account_id = :accountId order by ordinal`;

export const findChargePoints = (sql: Sql, accountId: bigint) =>
  sql.rows<ChargePointRow>(chargePointsOf, { accountId });

export const LOOP_TYPES = ["independent", "series"] as const;
export type LoopType = (typeof LOOP_TYPES)[number];

export type TermsRow = {
  readonly heatClass: HeatClass;
  readonly loopType: LoopType;
  readonly billingAreaMilliM2: bigint;
  readonly innerAreaMilliM2: bigint | null;
  readonly grossAreaMilliM2: bigint | null;
  readonly areaRule: "inner" | "share-of-gross" | "gross" | "opening";
  readonly areaRounding: AreaRounding;
  readonly shareBasisPoints: number;
  readonly document: string;
};

const TERMS_COLUMNS = `
  terms.heat_class as "heatClass", terms.loop_type as "loopType",
  terms.billing_area_milli_m2 as "billingAreaMilliM2", terms.inner_area_milli_m2 as "innerAreaMilliM2",
  terms.gross_area_milli_m2 as "grossAreaMilliM2", terms.area_rule as "areaRule",
  terms.area_rounding as "areaRounding", terms.share_basis_points as "shareBasisPoints", terms.document`;

const latestTerms = `
  select ${TERMS_COLUMNS}, terms.id, lower(terms.valid) as "from"
  from charge_point_terms terms
  where terms.charge_point_id = :chargePointId and upper_inf(terms.valid)`;

/** The terms without an end: today's, or those that begin on a later day. */
export const findLatestTerms = (sql: Sql, chargePointId: bigint) =>
  sql.maybeOne<TermsRow & { id: bigint; from: Day }>(latestTerms, { chargePointId });

const endTerms = `
  update charge_point_terms set valid = daterange(lower(valid), :until) where id = :id and upper_inf(valid)`;

export const closeTerms = (sql: Sql, id: bigint, until: Day) => sql.run(endTerms, { id, until });

const addTerms = `
  insert into charge_point_terms (charge_point_id, valid, heat_class, loop_type, billing_area_milli_m2,
    inner_area_milli_m2, gross_area_milli_m2, area_rule, area_rounding, share_basis_points, document,
    decided_at, decided_by)
  values (:chargePointId, daterange(:from, null), :heatClass, :loopType, :billingAreaMilliM2,
    :innerAreaMilliM2, :grossAreaMilliM2, :areaRule, :areaRounding, :shareBasisPoints, :document,
    :decidedAt, :decidedBy)`;

export const insertTerms = (
  sql: Sql,
  row: TermsRow & { chargePointId: bigint; from: Day; decidedAt: Date; decidedBy: bigint | null },
) => sql.run(addTerms, row);

type DatedState<State> = { readonly state: State; readonly from: Day };

const latestSupply = `
  select state, lower(valid) as "from" from supply_states
  where charge_point_id = :chargePointId and upper_inf(valid)`;
const latestValve = `
  select state, lower(valid) as "from" from valve_states
  where charge_point_id = :chargePointId and upper_inf(valid)`;

export const findLatestSupply = (sql: Sql, chargePointId: bigint) =>
  sql.maybeOne<DatedState<SupplyState>>(latestSupply, { chargePointId });
export const findLatestValve = (sql: Sql, chargePointId: bigint) =>
  sql.maybeOne<DatedState<ValveState>>(latestValve, { chargePointId });

/** Two changes on one day: the day has the later state, and state_changes keeps both. */
const moveDatedState = (table: "supply_states" | "valve_states") => `
  with same_day as (
    update ${table} set state = :to, document = :document
    where charge_point_id = :chargePointId and upper_inf(valid) and lower(valid) = :effectiveOn and state = :from
    returning 1
  ), ended as (
    update ${table} set valid = daterange(lower(valid), :effectiveOn)
    where charge_point_id = :chargePointId and upper_inf(valid) and lower(valid) < :effectiveOn and state = :from
    returning 1
  )
  select (select count(*) from same_day)::int as "sameDay", (select count(*) from ended)::int as ended`;
const moveSupply = moveDatedState("supply_states");
const moveValve = moveDatedState("valve_states");

const addSupply = `
  insert into supply_states (charge_point_id, valid, state, document)
  values (:chargePointId, daterange(:effectiveOn, null), :to, :document)`;
const addValve = `
  insert into valve_states (charge_point_id, valid, state, document)
  values (:chargePointId, daterange(:effectiveOn, null), :to, :document)`;

export type DatedChange = {
  readonly chargePointId: bigint;
  readonly to: string;
  readonly effectiveOn: Day;
  readonly document: string;
};

export const insertSupply = (sql: Sql, row: DatedChange) => sql.run(addSupply, row);
export const insertValve = (sql: Sql, row: DatedChange) => sql.run(addValve, row);

/** False when the state was no longer `from`. */
export const moveState = async (
  sql: Sql,
  machine: "supply" | "valve",
  row: DatedChange & { from: string },
): Promise<boolean> => {
  const moved = await sql.one<{ sameDay: number; ended: number }>(
    machine === "supply" ? moveSupply : moveValve,
    row,
  );
  if (moved.ended === 1) await (machine === "supply" ? insertSupply : insertValve)(sql, row);
  return moved.sameDay + moved.ended === 1;
};

const addStateChange = `
  insert into state_changes (machine, account_id, charge_point_id, from_state, to_state, reason, effective_on,
    changed_at, changed_by)
  values (:machine, :accountId, :chargePointId, :from, :to, :reason, :effectiveOn, :changedAt, :changedBy)`;

export const insertStateChange = (
  sql: Sql,
  row: {
    machine: "account" | "supply" | "valve";
    accountId: bigint;
    chargePointId: bigint | null;
    from: string;
    to: string;
    reason: string;
    effectiveOn: Day;
    changedAt: Date;
    changedBy: bigint | null;
  },
) => sql.run(addStateChange, row);
