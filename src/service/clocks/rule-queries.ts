/** All SQL on the rules of clocks and on pause reasons. */
import type { Sql } from "#src/platform/sql.ts";
import type { ClockRule, RuleCriteria } from "./choose-rule.ts";
import type { CountedKind } from "./schema.ts";

const RULE_COLUMNS = `rule.id, rule.kind, rule.category, rule.severity, rule.station_owner as "stationOwner",
  rule.station_id as "stationId", rule.season, rule.target_minutes as "targetMinutes", rule.calendar,
  rule.warn_percent as "warnPercent"`;

const revisionNow = `select revision from clock_rules_revision`;
export const findRulesRevision = async (sql: Sql): Promise<string> =>
  (await sql.one<{ revision: string }>(revisionNow)).revision;

const rulesInForce = `select ${RULE_COLUMNS} from clock_rules rule where rule.retired_at is null order by rule.id`;
export const findRulesInForce = (sql: Sql) => sql.rows<ClockRule>(rulesInForce);

export type RuleRow = ClockRule & {
  readonly stationCode: string | null;
  readonly isDefault: boolean;
  readonly source: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
};

const rulesShown = `
  select ${RULE_COLUMNS}, station.code as "stationCode", rule.is_default as "isDefault", rule.source,
    rule.created_at as "createdAt", rule.retired_at as "retiredAt"
  from clock_rules rule left join stations station on station.id = rule.station_id
  where (rule.retired_at is null or :retired::boolean) and rule.id > coalesce(:afterId::bigint, 0)
  order by rule.id limit :limit::integer`;
export const listRules = (sql: Sql, query: { retired: boolean; afterId: bigint | null; limit: number }) =>
  sql.rows<RuleRow>(rulesShown, query);

const sameCriteria = `rule.kind = :kind and rule.category is not distinct from :category::text
  and rule.severity is not distinct from :severity::text
  and rule.station_owner is not distinct from :stationOwner::text
  and rule.station_id is not distinct from :stationId::bigint
  and rule.season is not distinct from :season::text`;

const ruleOfCriteria = `
  select ${RULE_COLUMNS}, rule.is_default as "isDefault" from clock_rules rule
  where rule.retired_at is null and ${sameCriteria} for update`;
/** The rule in force with exactly these criteria, locked. */
export const lockRule = (sql: Sql, criteria: RuleCriteria & { kind: CountedKind }) =>
  sql.maybeOne<ClockRule & { isDefault: boolean }>(ruleOfCriteria, criteria);

const retire = `
  update clock_rules set retired_at = :now, retired_by = :retiredBy where id = :id and retired_at is null
  returning kind`;
export const retireRuleRow = (sql: Sql, row: { id: bigint; now: Date; retiredBy: bigint | null }) =>
  sql.maybeOne<{ kind: CountedKind }>(retire, row);

const addRule = `
  insert into clock_rules (kind, category, severity, station_owner, station_id, season, target_minutes, calendar,
    warn_percent, source, created_at, created_by)
  values (:kind, :category, :severity, :stationOwner, :stationId, :season, :targetMinutes, :calendar,
    :warnPercent, :source, :now, :createdBy)
  on conflict do nothing returning id`;
/** Null when somebody wrote one with these criteria at the same time. */
export const insertRule = (
  sql: Sql,
  row: Omit<ClockRule, "id"> & { source: string; now: Date; createdBy: bigint | null },
) => sql.maybeOne<{ id: bigint }>(addRule, row);

const stationByCode = `select id from stations where code = :code`;
export const findStationByCode = (sql: Sql, code: string) =>
  sql.maybeOne<{ id: bigint }>(stationByCode, { code });

const ownerOfStation = `select owner from stations where id = :stationId`;
export const findStationOwner = (sql: Sql, stationId: bigint) =>
  sql.maybeOne<{ owner: "company" | "property-firm" }>(ownerOfStation, { stationId });

export type PauseReasonRow = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly active: boolean;
  readonly isDefault: boolean;
  readonly kinds: readonly CountedKind[];
};

const REASON_COLUMNS = `reason.code, reason.name, reason.name_en as "nameEn", reason.active,
  reason.is_default as "isDefault",
  coalesce((select jsonb_agg(pausing.kind order by pausing.kind) from pause_reason_kinds pausing
    where pausing.reason = reason.code), '[]') as kinds`;
const reasonsShown = `select ${REASON_COLUMNS} from pause_reasons reason order by reason.code`;
export const listPauseReasons = (sql: Sql) => sql.rows<PauseReasonRow>(reasonsShown);

const reasonOfCode = `select ${REASON_COLUMNS} from pause_reasons reason where reason.code = :code`;
export const findPauseReason = (sql: Sql, code: string) =>
  sql.maybeOne<PauseReasonRow>(reasonOfCode, { code });

const setReason = `
  with written as (
    insert into pause_reasons (code, name, name_en, active) values (:code, :name, :nameEn, :active)
    on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, active = excluded.active,
      is_default = false
    returning code
  )
  select code from written`;
const dropKinds = `delete from pause_reason_kinds where reason = :code and kind <> all(:kinds::text[])`;
const addKinds = `
  insert into pause_reason_kinds (reason, kind) select :code, unnest(:kinds::text[]) on conflict do nothing`;
export const upsertPauseReason = async (
  sql: Sql,
  row: { code: string; name: string; nameEn: string; active: boolean; kinds: readonly CountedKind[] },
): Promise<void> => {
  await sql.one(setReason, row);
  await sql.run(dropKinds, row);
  await sql.run(addKinds, row);
};
