/** All SQL on prices and season rules. */
import type { Day } from "#src/kernel/day.ts";
import type { PriceMicroYuan } from "#src/kernel/rate.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { HeatClass, LoopType } from "#src/town/accounts/index.ts";

export type PriceBasis = "area-day" | "area-season";

export type PriceVersion = {
  readonly id: bigint;
  readonly heatClass: HeatClass;
  readonly basis: PriceBasis;
  readonly priceMicroYuan: PriceMicroYuan;
  readonly from: Day;
  readonly until: Day | null;
  readonly document: string;
  readonly approvedBy: string;
};

const PRICE_COLUMNS = `
  id, heat_class as "heatClass", basis, price_micro_yuan as "priceMicroYuan", lower(valid) as "from",
  upper(valid) as "until", document, approved_by as "approvedBy"`;

const allPrices = `select ${PRICE_COLUMNS} from price_versions order by heat_class desc, lower(valid)`;
const pricesOn = `
  select ${PRICE_COLUMNS} from price_versions where valid @> :on::date order by heat_class desc`;

export const findPrices = (sql: Sql): Promise<PriceVersion[]> => sql.rows<PriceVersion>(allPrices);
export const findPricesOn = (sql: Sql, on: Day): Promise<PriceVersion[]> =>
  sql.rows<PriceVersion>(pricesOn, { on });

const lockPrices = `
  select ${PRICE_COLUMNS} from price_versions where heat_class = :heatClass order by lower(valid) for update`;

/** All versions of a class, locked: two people who set a price take turns. */
export const lockPricesOf = (sql: Sql, heatClass: HeatClass): Promise<PriceVersion[]> =>
  sql.rows<PriceVersion>(lockPrices, { heatClass });

const endPrice = `update price_versions set valid = daterange(lower(valid), :until::date) where id = :id`;
export const endPriceVersion = (sql: Sql, id: bigint, until: Day): Promise<number> =>
  sql.run(endPrice, { id, until });

const addPrice = `
  insert into price_versions (heat_class, basis, price_micro_yuan, valid, document, approved_by)
  values (:heatClass, :basis, :priceMicroYuan, daterange(:from::date, :until::date), :document, :approvedBy)
  returning id`;

export const insertPrice = (sql: Sql, row: Omit<PriceVersion, "id">): Promise<{ id: bigint }> =>
  sql.one<{ id: bigint }>(addPrice, row);

const billedFrom = `
  select min(bill.season_id) as season from bills bill join heating_seasons season on season.id = bill.season_id
  join bill_lines line on line.bill_id = bill.id
  where bill.kind = 'heat' and bill.state <> 'cancelled' and line.heat_class = :heatClass
    and season.starts_on >= :from::date and (:until::date is null or season.starts_on < :until::date)`;

/** The first season with bills of the class that starts in `[from, until)`, or null. */
export const firstBilledSeason = async (
  sql: Sql,
  range: { heatClass: HeatClass; from: Day; until: Day | null },
): Promise<number | null> => (await sql.one<{ season: number | null }>(billedFrom, range)).season;

export type SeasonRuleTerms = {
  readonly seasonId: number;
  readonly heatClass: HeatClass;
  readonly loopType: LoopType;
  /** Approved number of days that are charged (计费天数). */
  readonly billingDays: number;
  /** Null: silence means not using; no date makes an unpaid bill a debt. */
  readonly dueOn: Day | null;
  readonly document: string;
  readonly approvedBy: string;
};

/** `document` says the days, by which bills are made. What moved the due rule after that is the other one. */
export type SeasonRule = SeasonRuleTerms & {
  readonly dueDocument: string | null;
  readonly dueApprovedBy: string | null;
};

const RULE_COLUMNS = `
  season_id as "seasonId", heat_class as "heatClass", loop_type as "loopType", billing_days as "billingDays",
  due_on as "dueOn", document, approved_by as "approvedBy", due_document as "dueDocument",
  due_approved_by as "dueApprovedBy"`;

const seasonRules = `
  select ${RULE_COLUMNS} from season_rules where season_id = :season order by heat_class desc, loop_type`;

export const findSeasonRules = (sql: Sql, season: number): Promise<SeasonRule[]> =>
  sql.rows<SeasonRule>(seasonRules, { season });

const lockRule = `
  select ${RULE_COLUMNS} from season_rules
  where season_id = :seasonId and heat_class = :heatClass and loop_type = :loopType for update`;

export const lockSeasonRule = (
  sql: Sql,
  key: { seasonId: number; heatClass: HeatClass; loopType: LoopType },
): Promise<SeasonRule | null> => sql.maybeOne<SeasonRule>(lockRule, key);

const writeRule = `
  insert into season_rules (season_id, heat_class, loop_type, billing_days, due_on, document, approved_by, due_document,
    due_approved_by)
  values (:seasonId, :heatClass, :loopType, :billingDays, :dueOn, :document, :approvedBy, :dueDocument, :dueApprovedBy)
  on conflict (season_id, heat_class, loop_type) do update set billing_days = excluded.billing_days,
    due_on = excluded.due_on, document = excluded.document, approved_by = excluded.approved_by,
    due_document = excluded.due_document, due_approved_by = excluded.due_approved_by`;

export const upsertSeasonRule = (sql: Sql, rule: SeasonRule): Promise<number> => sql.run(writeRule, rule);

const ruleBilled = `
  select exists (select 1 from bills bill join bill_lines line on line.bill_id = bill.id
    where bill.season_id = :seasonId and bill.kind = 'heat' and (:cancelledToo::boolean or bill.state <> 'cancelled')
      and line.heat_class = :heatClass and line.loop_type = :loopType) as billed`;

/** Whether bills of the season were made by this rule; without `cancelledToo`, whether one of them still counts. */
export const isRuleBilled = async (
  sql: Sql,
  key: { seasonId: number; heatClass: HeatClass; loopType: LoopType },
  cancelledToo: boolean,
): Promise<boolean> => (await sql.one<{ billed: boolean }>(ruleBilled, { ...key, cancelledToo })).billed;
