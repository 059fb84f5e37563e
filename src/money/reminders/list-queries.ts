/** SQL of the lists: who owes what, and whose valve is to be closed. */
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import { accountScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { accountOnHold, HOLD_KINDS, type HoldKind } from "#src/town/accounts/index.ts";
import { CONCERNED, UNPAID } from "./advance-queries.ts";

export type ArrearsRow = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly address: string;
  readonly area: string | null;
  readonly manager: string | null;
  readonly openFen: Fen;
  readonly seasonFen: Fen;
  readonly dueFen: Fen;
  readonly oldestSeason: number;
  readonly stage: string | null;
  readonly stageName: string | null;
  readonly stageNameEn: string | null;
  readonly holds: readonly HoldKind[];
};

const arrears = `
  with owing as materialized (
    select bill.account_id, sum(bill.amount_fen - bill.paid_fen)::bigint as open_fen,
      coalesce(sum(bill.amount_fen - bill.paid_fen) filter (where bill.season_id = :season::smallint), 0)::bigint as season_fen,
      coalesce(sum(bill.amount_fen - bill.paid_fen) filter (where bill.state = 'due'), 0)::bigint as due_fen,
      min(bill.season_id) as oldest
    from bills bill join heat_accounts account on account.id = bill.account_id
    where bill.account_id > :afterAccount::bigint and ${UNPAID} and (not :onlyDue::boolean or bill.state = 'due')
      and ${accountScope("account")}
    group by bill.account_id order by bill.account_id limit :limit::integer
  )
  select owing.account_id as "accountId", account.account_no as "accountNo", premises.address, area.name as area,
    (select staff.display_name from area_duties duty join staff_members staff on staff.id = duty.staff_id
      where duty.area_id = area.id and duty.duty = 'manager' and duty.valid @> :day::date
      order by duty.id desc limit 1) as manager,
    owing.open_fen as "openFen", owing.season_fen as "seasonFen", owing.due_fen as "dueFen",
    owing.oldest as "oldestSeason",
    reached.code as stage, reached.name_zh as "stageName", reached.name_en as "stageNameEn",
    array(select distinct hold.kind from account_holds hold where hold.account_id = owing.account_id
      and hold.released_at is null and hold.starts_on <= :day::date and (hold.ends_on is null or hold.ends_on >= :day::date)
      order by 1) as holds
  from owing
  join heat_accounts account on account.id = owing.account_id
  join premises on premises.id = account.premises_id
  left join service_area_buildings served on served.building_id = premises.building_id and served.valid @> :day::date
  left join service_areas area on area.id = served.area_id
  left join lateral (select stage.code, stage.name_zh, stage.name_en from dunning_standings standing
    join dunning_entries entry on entry.account_id = standing.account_id and entry.season_id = standing.season_id
      and entry.rank = standing.rank
    join dunning_runs run on run.id = entry.run_id
    join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank
    where standing.account_id = owing.account_id and standing.season_id = :season::smallint) reached on true
  order by owing.account_id`;

export type ArrearsQuery = {
  readonly season: number;
  readonly day: Day;
  readonly onlyDue: boolean;
  readonly afterAccount: bigint;
  readonly limit: number;
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
};

/** Accounts of the scope with something unpaid, by id, with what it is now. */
export const findArrears = (sql: Sql, query: ArrearsQuery): Promise<ArrearsRow[]> =>
  sql.rows<ArrearsRow>(arrears, query);

const arrearsTotals = `
  select count(distinct bill.account_id) as accounts, coalesce(sum(bill.amount_fen - bill.paid_fen), 0)::bigint as "openFen"
  from bills bill join heat_accounts account on account.id = bill.account_id
  where ${UNPAID} and (not :onlyDue::boolean or bill.state = 'due') and ${accountScope("account")}`;
export const sumArrears = (sql: Sql, query: Omit<ArrearsQuery, "afterAccount" | "limit">) =>
  sql.one<{ accounts: bigint; openFen: Fen }>(arrearsTotals, query);

export type ClosingList = {
  readonly id: bigint;
  readonly seasonId: number;
  readonly asOf: Day;
  readonly rowCount: number;
  readonly openFen: Fen;
  readonly madeAt: Date;
};
const LIST = `
  id, season_id as "seasonId", as_of as "asOf", row_count as "rowCount", open_fen as "openFen", made_at as "madeAt"`;

const oneList = `select ${LIST} from closing_lists where id = :id`;
export const findClosingList = (sql: Sql, id: bigint) => sql.maybeOne<ClosingList>(oneList, { id });
const listOfDay = `select ${LIST} from closing_lists where season_id = :seasonId and as_of = :asOf`;
export const findClosingListOf = (sql: Sql, query: { seasonId: number; asOf: Day }) =>
  sql.maybeOne<ClosingList>(listOfDay, query);
const lists = `
  select ${LIST} from closing_lists where (:beforeId::bigint is null or id < :beforeId::bigint)
  order by id desc limit :limit::integer`;
export const findClosingLists = (sql: Sql, page: { beforeId: bigint | null; limit: number }) =>
  sql.rows<ClosingList>(lists, page);

const addList = `
  insert into closing_lists (season_id, as_of, row_count, open_fen, made_at, made_by)
  values (:seasonId, :asOf, 0, 0, :now, :madeBy) on conflict do nothing returning id`;
export type ClosingCandidate = {
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly areaId: bigint | null;
  /** To its door in this season, that are over. */
  readonly visits: number;
};
// Their payments are not in doubt: a valve is closed on nobody's guess.
const candidates = `
  select account.id as "accountId", account.account_no as "accountNo", min(served.area_id) as "areaId",
    (select count(*)::int from tasks visit where visit.account_id = account.id and visit.kind = :visit and visit.state <> 'open'
      and visit.source like 'account:' || account.id || ':season:' || :season::smallint || ':%') as visits
  from (
    select distinct entry.account_id from dunning_entries entry
    join dunning_runs run on run.id = entry.run_id
    join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank and stage.audience = 'closable'
    where entry.season_id = :season::smallint and entry.entered_on <= :day::date
  ) entered
  join bills bill on bill.account_id = entered.account_id and ${UNPAID} and ${CONCERNED.closable}
  join heat_accounts account on account.id = bill.account_id and account.state <> 'closed'
  join premises on premises.id = account.premises_id
  left join service_area_buildings served on served.building_id = premises.building_id and served.valid @> :day::date
  where not ${accountOnHold("bill.account_id", ":today::date", HOLD_KINDS)}
    and not exists (select 1 from payments payment
      where payment.account_id = bill.account_id and payment.state = 'doubtful')
  group by account.id order by account.id`;
/** Homes whose valve is to be closed, if they were told. */
export const findClosingCandidates = (
  sql: Sql,
  query: { season: number; day: Day; today: Day; visit: string },
): Promise<ClosingCandidate[]> => sql.rows<ClosingCandidate>(candidates, query);

const addRows = `
  insert into closing_list_rows (list_id, account_id, charge_point_id, open_fen, notified_on, told_by)
  select :listId, bill.account_id, bill.charge_point_id, sum(bill.amount_fen - bill.paid_fen)::bigint, told.told_on, told.told_by
  from unnest(:accountIds::bigint[], :toldOn::date[], :toldBy::text[]) told (account_id, told_on, told_by)
  join bills bill on bill.account_id = told.account_id and ${UNPAID} and ${CONCERNED.closable}
  group by bill.account_id, bill.charge_point_id, told.told_on, told.told_by`;
const sumList = `
  update closing_lists list set row_count = counted.rows, open_fen = counted.fen
  from (select count(*)::integer as rows, coalesce(sum(open_fen), 0)::bigint as fen
    from closing_list_rows where list_id = :listId) counted
  where list.id = :listId`;

/** The list of a day, empty; null when it was made before. */
export const insertClosingList = async (
  sql: Sql,
  row: { seasonId: number; asOf: Day; now: Date; madeBy: bigint | null },
): Promise<bigint | null> => (await sql.maybeOne<{ id: bigint }>(addList, row))?.id ?? null;

/** Its rows: homes with the day on which each was told, and by what. */
export const insertClosingRows = async (
  sql: Sql,
  rows: { listId: bigint; season: number; day: Day; told: ReadonlyMap<bigint, { on: Day; by: string }> },
): Promise<void> => {
  const { listId, season, day, told } = rows;
  const words = [...told.values()];
  await sql.run(addRows, {
    listId,
    season,
    day,
    accountIds: [...told.keys()],
    toldOn: words.map((word) => word.on),
    toldBy: words.map((word) => word.by),
  });
  await sql.run(sumList, { listId });
};

export type ClosingRow = {
  readonly accountId: bigint;
  readonly chargePointId: bigint;
  readonly accountNo: string;
  readonly address: string;
  readonly area: string | null;
  readonly openFen: Fen;
  readonly notifiedOn: Day;
  /** `message:17` or `task:9`: the proof that it was. */
  readonly toldBy: string;
  /** Read now, not when the list was made. */
  readonly openNowFen: Fen;
  readonly valveNow: string;
  readonly holdsNow: readonly HoldKind[];
};

const rowsOfList = `
  select row.account_id as "accountId", row.charge_point_id as "chargePointId", account.account_no as "accountNo",
    premises.address, area.name as area, row.open_fen as "openFen", row.notified_on as "notifiedOn",
    row.told_by as "toldBy",
    (select coalesce(sum(bill.amount_fen - bill.paid_fen), 0)::bigint from bills bill
      where bill.account_id = row.account_id and bill.charge_point_id = row.charge_point_id
        and bill.season_id = list.season_id and ${UNPAID}) as "openNowFen",
    coalesce((select valve.state from valve_states valve
      where valve.charge_point_id = row.charge_point_id and valve.valid @> :day::date), 'unknown') as "valveNow",
    array(select distinct hold.kind from account_holds hold where hold.account_id = row.account_id
      and hold.released_at is null and hold.starts_on <= :day::date and (hold.ends_on is null or hold.ends_on >= :day::date)
      order by 1) as "holdsNow"
  from closing_list_rows row
  join closing_lists list on list.id = row.list_id
  join heat_accounts account on account.id = row.account_id
  join premises on premises.id = account.premises_id
  left join service_area_buildings served on served.building_id = premises.building_id and served.valid @> :day::date
  left join service_areas area on area.id = served.area_id
  where row.list_id = :listId and (row.account_id, row.charge_point_id) > (:afterAccount::bigint, :afterPoint::bigint)
    and ${accountScope("account")}
  order by row.account_id, row.charge_point_id limit :limit::integer`;

export const findClosingRows = (
  sql: Sql,
  query: {
    listId: bigint;
    day: Day;
    afterAccount: bigint;
    afterPoint: bigint;
    limit: number;
  } & Bindings,
): Promise<ClosingRow[]> => sql.rows<ClosingRow>(rowsOfList, query);
