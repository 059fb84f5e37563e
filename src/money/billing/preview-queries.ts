/** SQL of the preview: the roll in groups, and the lists behind each figure. */
import type { AreaMilliM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { PriceMicroYuan } from "#src/kernel/rate.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { BillRefusal } from "./candidate.ts";

/** Every charge point is in exactly one; see `bill_preview`. */
export const PREVIEW_GROUPS = [
  "issued",
  "gone",
  "refused",
  "new",
  "class-changed",
  "area-changed",
  "price-changed",
  "beyond-limit",
  "amount-changed",
  "same",
] as const;
export type PreviewGroup = (typeof PREVIEW_GROUPS)[number];

export type PreviewRange = {
  readonly season: number;
  readonly asOf: Day;
  readonly limitBasisPoints: number;
  readonly limitFen: Fen;
};

export type PreviewTotal = {
  readonly group: PreviewGroup;
  readonly heatClass: string | null;
  readonly loopType: string | null;
  readonly refusal: BillRefusal | null;
  readonly count: bigint;
  /** What is or was charged; 0 for those who cannot be billed. */
  readonly sumFen: Fen;
  readonly lastSumFen: Fen;
  readonly beyondCount: bigint;
  /** Of issued bills: those that would come out differently on the as-of day. */
  readonly differingCount: bigint;
};

const totals = `
  select preview_group as "group", heat_class as "heatClass", loop_type as "loopType", refusal, count(*) as count,
    coalesce(sum(case when preview_group = 'issued' then issued_fen when refusal is null then amount_fen end), 0)::bigint
      as "sumFen",
    coalesce(sum(last_amount_fen), 0)::bigint as "lastSumFen", count(*) filter (where beyond) as "beyondCount",
    count(*) filter (where issued_fen is not null and amount_fen is distinct from issued_fen) as "differingCount"
  from bill_preview(:season::smallint, :asOf::date, 0, 9223372036854775807, :limitBasisPoints::int, :limitFen::bigint)
  group by preview_group, heat_class, loop_type, refusal`;

export const previewTotals = (sql: Sql, range: PreviewRange): Promise<PreviewTotal[]> =>
  sql.rows<PreviewTotal>(totals, range);

const rollSize = `select count(*) as count from charge_points`;
/** Charge points on the roll: what the groups add up to. */
export const countChargePoints = async (sql: Sql): Promise<bigint> =>
  (await sql.one<{ count: bigint }>(rollSize)).count;

const lastSeasonTotal = `
  select count(*) as count, coalesce(sum(amount_fen), 0)::bigint as "sumFen" from bills
  where season_id = :season and kind = 'heat' and sequence = 1 and state <> 'cancelled'`;
export const seasonTotal = (sql: Sql, season: number): Promise<{ count: bigint; sumFen: Fen }> =>
  sql.one<{ count: bigint; sumFen: Fen }>(lastSeasonTotal, { season });

/** The last day of payment of the season that `today` has passed; null while none has. Bills made today are late from the start. */
export const pastDueOn = async (sql: Sql, season: number, today: Day): Promise<Day | null> =>
  (
    await sql.one<{ dueOn: Day | null }>(
      `select max(due_on) as "dueOn" from season_rules where season_id = :season and due_on < :today::date`,
      { season, today },
    )
  ).dueOn;

export type PreviewRow = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly chargePoint: number;
  readonly group: PreviewGroup;
  readonly refusal: BillRefusal | null;
  readonly heatClass: string | null;
  readonly loopType: string | null;
  readonly areaMilliM2: AreaMilliM2 | null;
  readonly priceMicroYuan: PriceMicroYuan | null;
  readonly days: number | null;
  readonly shareBasisPoints: number | null;
  readonly amountFen: Fen | null;
  readonly issuedFen: Fen | null;
  readonly lastHeatClass: string | null;
  readonly lastLoopType: string | null;
  readonly lastAreaMilliM2: AreaMilliM2 | null;
  readonly lastPriceMicroYuan: PriceMicroYuan | null;
  readonly lastDays: number | null;
  readonly lastAmountFen: Fen | null;
  readonly beyond: boolean;
};

const rows = `
  select preview.account_id as "accountId", account.account_no as "accountNo", point.ordinal as "chargePoint",
    preview.preview_group as "group", preview.refusal, preview.heat_class as "heatClass",
    preview.loop_type as "loopType", preview.billing_area_milli_m2 as "areaMilliM2",
    preview.price_micro_yuan as "priceMicroYuan", preview.days, preview.share_basis_points as "shareBasisPoints",
    preview.amount_fen as "amountFen", preview.issued_fen as "issuedFen",
    preview.last_heat_class as "lastHeatClass", preview.last_loop_type as "lastLoopType",
    preview.last_billing_area_milli_m2 as "lastAreaMilliM2",
    preview.last_price_micro_yuan as "lastPriceMicroYuan", preview.last_days as "lastDays",
    preview.last_amount_fen as "lastAmountFen", preview.beyond
  from bill_preview(:season::smallint, :asOf::date, :fromAccount::bigint, :toAccount::bigint, :limitBasisPoints::int,
    :limitFen::bigint) preview
  join heat_accounts account on account.id = preview.account_id
  join charge_points point on point.id = preview.charge_point_id
  where preview.preview_group = any(:groups::text[])
  order by preview.account_id, point.ordinal`;

export const previewRows = (
  sql: Sql,
  range: PreviewRange & {
    readonly fromAccount: bigint;
    readonly toAccount: bigint;
    readonly groups: readonly PreviewGroup[];
  },
): Promise<PreviewRow[]> => sql.rows<PreviewRow>(rows, range);

const nextAccounts = `
  select max(id) as "toAccount", count(*) as count from (
    select id from heat_accounts where id > :after::bigint order by id limit :size::int) page`;

/** The last of the next `size` accounts above `after`, or null at the end of the roll. */
export const endOfPage = async (sql: Sql, after: bigint, size: number): Promise<bigint | null> =>
  (await sql.one<{ toAccount: bigint | null }>(nextAccounts, { after, size })).toAccount;
