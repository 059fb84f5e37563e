import type { AreaMilliM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { PriceMicroYuan } from "#src/kernel/rate.ts";
import { requireSeason, type Season } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { HeatClass, LoopType } from "#src/town/accounts/index.ts";

/** Why a charge point gets no bill, in the order in which it is decided. `supply.*` names the state that is not billed. */
export type BillRefusal =
  | "bill.exists"
  | "account.closed"
  | "account.not-active"
  | "terms.missing"
  | "supply.suspended"
  | "supply.cut-off"
  | "supply.never-opened"
  | "supply.undecided"
  | "supply.supplied"
  | "supply.closed-for-arrears"
  | "supply.closed-for-violation"
  | "area.zero"
  | "price.missing"
  | "amount.zero";

/** What one charge point is charged for a season, or why it is not: a row of `bill_candidates`. */
export type BillCandidate = {
  readonly accountId: bigint;
  readonly chargePointId: bigint;
  readonly termsId: bigint | null;
  readonly heatClass: HeatClass | null;
  readonly loopType: LoopType | null;
  readonly areaMilliM2: AreaMilliM2 | null;
  readonly areaRule: string | null;
  readonly priceVersionId: bigint | null;
  readonly priceMicroYuan: PriceMicroYuan | null;
  readonly days: number | null;
  readonly shareBasisPoints: number | null;
  readonly dueOn: Day | null;
  /** Also given beside a refusal when everything for it is known: a bill that exists can be computed again. */
  readonly amountFen: Fen | null;
  readonly existingBillId: bigint | null;
  readonly refusal: BillRefusal | null;
};

const candidates = `
  select candidate.account_id as "accountId", candidate.charge_point_id as "chargePointId",
    candidate.terms_id as "termsId", candidate.heat_class as "heatClass", candidate.loop_type as "loopType",
    candidate.billing_area_milli_m2 as "areaMilliM2", candidate.area_rule as "areaRule",
    candidate.price_version_id as "priceVersionId", candidate.price_micro_yuan as "priceMicroYuan", candidate.days,
    candidate.share_basis_points as "shareBasisPoints", candidate.due_on as "dueOn",
    candidate.amount_fen as "amountFen", candidate.existing_bill_id as "existingBillId", candidate.refusal
  from bill_candidates(:season::smallint, :asOf::date, :fromAccount::bigint, :toAccount::bigint) candidate
  order by candidate.account_id, candidate.charge_point_id`;

/** The candidates of an account range, both ends included. Read-only. */
export const findCandidates = (
  sql: Sql,
  range: { season: number; asOf: Day; fromAccount: bigint; toAccount: bigint },
): Promise<BillCandidate[]> => sql.rows<BillCandidate>(candidates, range);

/**
 * The day whose terms and supply states decide the bills of a season: today, and for a season that is over its last day,
 * so that a late bill is made on what was true then.
 */
export const defaultAsOf = (season: Season, today: Day): Day =>
  today < season.endsOn ? today : season.endsOn;

const accountOfPoint = `select account_id as "accountId" from charge_points where id = :chargePointId`;

/**
 * One bill on request: what the run would charge this charge point, to the fen, because both read the same rule. Null
 * when there is no such charge point. Read-only.
 * @throws DomainError `season.unknown`
 */
export const previewBill = async (
  sql: Sql,
  input: {
    readonly chargePointId: bigint;
    readonly season: number;
    readonly today: Day;
    readonly asOf?: Day;
  },
): Promise<BillCandidate | null> => {
  const season = await requireSeason(sql, input.season);
  const owner = await sql.maybeOne<{ accountId: bigint }>(accountOfPoint, {
    chargePointId: input.chargePointId,
  });
  if (owner === null) return null;
  const found = await findCandidates(sql, {
    season: season.id,
    asOf: input.asOf ?? defaultAsOf(season, input.today),
    fromAccount: owner.accountId,
    toAccount: owner.accountId,
  });
  return found.find((candidate) => candidate.chargePointId === input.chargePointId) ?? null;
};
