/** SQL on work orders, their visits, parts and cases. */
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { OrderKind, OrderResult } from "./order-kinds.ts";
import type { OrderState } from "./order-states.ts";

export type OrderRow = {
  readonly id: bigint;
  readonly kind: OrderKind;
  readonly state: OrderState;
  readonly sourceKey: string;
  readonly taskId: bigint | null;
  readonly accountId: bigint | null;
  readonly accountNo: string | null;
  readonly chargePointId: bigint | null;
  readonly premisesId: bigint | null;
  readonly unitId: bigint | null;
  readonly buildingId: bigint | null;
  readonly address: string;
  readonly contactName: string;
  readonly contactNumber: string;
  readonly summary: string;
  readonly crewId: bigint | null;
  readonly crewName: string | null;
  readonly slotFrom: Date | null;
  readonly slotUntil: Date | null;
  readonly slotCount: number;
  readonly visitCount: number;
  readonly onSiteAt: Date | null;
  readonly result: OrderResult | null;
  readonly finishedAt: Date | null;
  readonly firstVisit: boolean | null;
  readonly signatureKind: "image" | "witness" | null;
  readonly signatureName: string | null;
  readonly cancelReason: string | null;
  readonly printCount: number;
  readonly openedAt: Date;
  readonly version: number;
};

const COLUMNS = `o.id, o.kind, o.state, o.source_key as "sourceKey", o.task_id as "taskId", o.account_id as "accountId",
  account.account_no as "accountNo", o.charge_point_id as "chargePointId", o.premises_id as "premisesId",
  o.unit_id as "unitId", o.building_id as "buildingId", o.address, o.contact_name as "contactName",
  o.contact_number as "contactNumber", o.summary, o.crew_id as "crewId", crew.name as "crewName",
  o.slot_from as "slotFrom", o.slot_until as "slotUntil", o.slot_count as "slotCount", o.visit_count as "visitCount",
  o.on_site_at as "onSiteAt", o.result, o.finished_at as "finishedAt", o.first_visit as "firstVisit",
  o.signature_kind as "signatureKind", o.signature_name as "signatureName", o.cancel_reason as "cancelReason",
  o.print_count as "printCount", o.opened_at as "openedAt", o.version`;

const FROM = `from work_orders o left join heat_accounts account on account.id = o.account_id
  left join field_crews crew on crew.id = o.crew_id`;

/**
 * What lies in an actor's scope, with the bindings of `scopeBindings`: an area has the orders of the buildings that it
 * serves today, whoever raised them. An order at no building of ours is for those who see everything.
 */
export const orderScope = (alias: string): string => `(:scopeKind::text = 'everything'
  or (:scopeKind::text = 'accounts' and ${alias}.account_id = any(:scopeIds::bigint[]))
  or (:scopeKind::text = 'areas' and exists (
    select 1 from service_area_buildings scope_buildings
    where scope_buildings.building_id = ${alias}.building_id and scope_buildings.valid @> :scopeDay::date
      and scope_buildings.area_id = any(:scopeIds::bigint[]))))`;

const orderInScope = `select ${COLUMNS} ${FROM} where o.id = :id and ${orderScope("o")}`;
export const findOrderInScope = (sql: Sql, id: bigint, scope: Bindings): Promise<OrderRow | null> =>
  sql.maybeOne<OrderRow>(orderInScope, { id, ...scope });

const lockedOrder = `${orderInScope} for update of o`;
export const lockOrderInScope = (sql: Sql, id: bigint, scope: Bindings): Promise<OrderRow | null> =>
  sql.maybeOne<OrderRow>(lockedOrder, { id, ...scope });

export type NewOrderRow = {
  readonly kind: OrderKind;
  readonly sourceKey: string;
  readonly accountId: bigint | null;
  readonly premisesId: bigint | null;
  readonly unitId: bigint | null;
  readonly buildingId: bigint | null;
  readonly address: string;
  readonly contactName: string;
  readonly contactNumber: string;
  readonly summary: string;
  readonly now: Date;
  readonly openedBy: bigint | null;
};
const addOrder = `
  insert into work_orders (kind, source_key, account_id, premises_id, unit_id, building_id, address, contact_name,
    contact_number, summary, opened_at, opened_by)
  values (:kind, :sourceKey, :accountId, :premisesId, :unitId, :buildingId, :address, :contactName, :contactNumber,
    :summary, :now, :openedBy)
  on conflict (source_key) do nothing returning id`;
/** Null when this source has raised its order before. */
export const insertOrder = (sql: Sql, row: NewOrderRow) => sql.maybeOne<{ id: bigint }>(addOrder, row);

const idOfSource = `select id from work_orders where source_key = :sourceKey`;
export const findOrderOfSource = (sql: Sql, sourceKey: string) =>
  sql.maybeOne<{ id: bigint }>(idOfSource, { sourceKey });

/** What a command changes besides the state; null leaves a column as it is. */
export type OrderPatch = {
  readonly crewId?: bigint | null;
  readonly slotFrom?: Date;
  readonly slotUntil?: Date;
  readonly visitCount?: number;
  readonly onSiteAt?: Date;
  readonly result?: OrderResult;
  readonly finishedAt?: Date;
  readonly finishedBy?: bigint | null;
  readonly firstVisit?: boolean;
  readonly signatureKind?: "image" | "witness" | undefined;
  readonly signatureName?: string | undefined;
  readonly signatureFileId?: bigint | undefined;
  readonly cancelReason?: string;
};
const NO_PATCH = {
  crewId: null,
  slotFrom: null,
  slotUntil: null,
  visitCount: null,
  onSiteAt: null,
  result: null,
  finishedAt: null,
  finishedBy: null,
  firstVisit: null,
  signatureKind: null,
  signatureName: null,
  signatureFileId: null,
  cancelReason: null,
};
const move = `
  update work_orders set state = :to, version = version + 1,
    crew_id = coalesce(:crewId::bigint, crew_id),
    slot_from = coalesce(:slotFrom::timestamptz, slot_from), slot_until = coalesce(:slotUntil::timestamptz, slot_until),
    slot_count = slot_count + case when :slotFrom::timestamptz is null then 0 else 1 end,
    visit_count = coalesce(:visitCount::smallint, visit_count),
    on_site_at = coalesce(:onSiteAt::timestamptz, on_site_at),
    result = coalesce(:result::text, result), finished_at = coalesce(:finishedAt::timestamptz, finished_at),
    finished_by = coalesce(:finishedBy::bigint, finished_by), first_visit = coalesce(:firstVisit::boolean, first_visit),
    signature_kind = coalesce(:signatureKind::text, signature_kind),
    signature_name = coalesce(:signatureName::text, signature_name),
    signature_file_id = coalesce(:signatureFileId::bigint, signature_file_id),
    cancel_reason = coalesce(:cancelReason::text, cancel_reason)
  where id = :id and state = :from and version = :version`;
/** False when the order is not in that state and version any more. */
export const moveOrder = async (
  sql: Sql,
  order: {
    readonly id: bigint;
    readonly version: number;
    readonly from: OrderState;
    readonly to: OrderState;
  },
  patch: OrderPatch,
): Promise<boolean> => (await sql.run(move, { ...NO_PATCH, ...patch, ...order })) === 1;

const touch = `update work_orders set version = version + 1 where id = :id returning version`;
/** For a change of a locked order that is not one of its state. */
export const countVersion = async (sql: Sql, id: bigint): Promise<number> =>
  (await sql.one<{ version: number }>(touch, { id })).version;

const addVisit = `
  insert into work_order_visits (work_order_id, ordinal, crew_id, arrived_at, left_at, outcome, note, recorded_by)
  values (:orderId, :ordinal, :crewId, :arrivedAt, :leftAt, :outcome, :note, :recordedBy)`;
export type VisitOutcome = "done" | "not-home" | "follow-up";
export const insertVisit = (
  sql: Sql,
  row: {
    orderId: bigint;
    ordinal: number;
    crewId: bigint | null;
    arrivedAt: Date;
    leftAt: Date | null;
    outcome: VisitOutcome | null;
    note: string;
    recordedBy: bigint | null;
  },
) => sql.run(addVisit, row);

const endVisit = `
  update work_order_visits set left_at = :leftAt, outcome = :outcome, note = :note, recorded_by = :recordedBy
  where work_order_id = :orderId and ordinal = :ordinal and left_at is null`;
export const closeVisit = (
  sql: Sql,
  row: {
    orderId: bigint;
    ordinal: number;
    leftAt: Date;
    outcome: VisitOutcome;
    note: string;
    recordedBy: bigint | null;
  },
) => sql.run(endVisit, row);

export type VisitRow = {
  readonly ordinal: number;
  readonly crewName: string | null;
  readonly arrivedAt: Date;
  readonly leftAt: Date | null;
  readonly outcome: VisitOutcome | null;
  readonly note: string;
};
const visitsOf = `
  select visit.ordinal, crew.name as "crewName", visit.arrived_at as "arrivedAt", visit.left_at as "leftAt",
    visit.outcome, visit.note
  from work_order_visits visit left join field_crews crew on crew.id = visit.crew_id
  where visit.work_order_id = :orderId order by visit.ordinal`;
export const findVisits = (sql: Sql, orderId: bigint) => sql.rows<VisitRow>(visitsOf, { orderId });

export type PartRow = {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly quantity: number;
};
const addParts = `
  insert into work_order_parts (work_order_id, ordinal, code, name, unit, quantity)
  select :orderId, used.before + part.ordinal, part.code, part.name, part.unit, part.quantity
  from jsonb_to_recordset(:parts::jsonb) part (ordinal smallint, code text, name text, unit text, quantity integer),
    (select coalesce(max(ordinal), 0) as before from work_order_parts where work_order_id = :orderId) used`;
export const insertParts = (sql: Sql, orderId: bigint, parts: readonly PartRow[]) =>
  parts.length === 0
    ? Promise.resolve(0)
    : sql.run(addParts, {
        orderId,
        parts: JSON.stringify(parts.map((part, index) => ({ ...part, ordinal: index + 1 }))),
      });

const partsOf = `
  select code, name, unit, quantity from work_order_parts where work_order_id = :orderId order by ordinal`;
export const findParts = (sql: Sql, orderId: bigint) => sql.rows<PartRow>(partsOf, { orderId });

const joinTicket = `
  insert into work_order_tickets (work_order_id, ticket_id, joined_at) values (:orderId, :ticketId, :now)
  on conflict do nothing`;
/** True when the case did not hang on this order before. */
export const linkTicket = async (
  sql: Sql,
  row: { orderId: bigint; ticketId: bigint; now: Date },
): Promise<boolean> => (await sql.run(joinTicket, row)) === 1;

const ticketsOf = `
  select ticket_id as "ticketId" from work_order_tickets where work_order_id = any(:orderIds::bigint[])
  order by ticket_id`;
export const findTicketIds = async (sql: Sql, orderIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ ticketId: bigint }>(ticketsOf, { orderIds })).map((row) => row.ticketId);

const addPhoto = `
  insert into work_order_photos (work_order_id, file_id, caption, added_at, taken_at, added_by)
  values (:orderId, :fileId, :caption, :now, :takenAt, :addedBy)`;
export type NewPhoto = {
  readonly orderId: bigint;
  readonly fileId: bigint;
  readonly caption: string;
  readonly now: Date;
  /** Null where nobody said it. */
  readonly takenAt: Date | null;
  readonly addedBy: bigint | null;
};
export const insertPhoto = (sql: Sql, row: NewPhoto) => sql.run(addPhoto, row);

const photosOf = `
  select file_id as "fileId", caption, added_at as "addedAt", taken_at as "takenAt" from work_order_photos
  where work_order_id = :orderId order by file_id`;
export const findPhotos = (sql: Sql, orderId: bigint) =>
  sql.rows<{ fileId: bigint; caption: string; addedAt: Date; takenAt: Date | null }>(photosOf, { orderId });

const photo = `select 1 as one from work_order_photos where work_order_id = :orderId and file_id = :fileId`;
export const hasFile = async (sql: Sql, orderId: bigint, fileId: bigint): Promise<boolean> =>
  (await sql.maybeOne(photo, { orderId, fileId })) !== null;

const ofTicket = `
  select ${COLUMNS} ${FROM}
  where o.id in (select work_order_id from work_order_tickets where ticket_id = :ticketId) and ${orderScope("o")}
  order by o.id`;
export const findOrdersOfTicket = (sql: Sql, ticketId: bigint, scope: Bindings): Promise<OrderRow[]> =>
  sql.rows<OrderRow>(ofTicket, { ticketId, ...scope });

const liveOfTicket = `
  select o.id, o.kind, o.state,
    exists (select 1 from work_order_tickets other join tickets waiting on waiting.id = other.ticket_id
      left join tickets goes_on on goes_on.id = waiting.merged_into_id
      where other.work_order_id = o.id and coalesce(goes_on.state, waiting.state) not in ('closed', 'cancelled')) as wanted
  from work_order_tickets joined join work_orders o on o.id = joined.work_order_id
  where joined.ticket_id = :ticketId and o.state not in ('done', 'cancelled') order by o.id`;
/** `wanted`: a case that is not over, or was merged into one that is not, waits for it. */
export const findLiveOrdersOfTicket = (sql: Sql, ticketId: bigint) =>
  sql.rows<{ id: bigint; kind: OrderKind; state: OrderState; wanted: boolean }>(liveOfTicket, { ticketId });

const placeless = `
  select o.id from work_order_tickets joined join work_orders o on o.id = joined.work_order_id
  where joined.ticket_id = :ticketId and o.state not in ('done', 'cancelled') and o.address = :placeUnknown
  order by o.id for update of o`;
/** The orders of a case that are under way without a place. */
export const lockPlacelessOrders = (sql: Sql, query: { ticketId: bigint; placeUnknown: string }) =>
  sql.rows<{ id: bigint }>(placeless, query);

const place = `
  update work_orders set account_id = :accountId, premises_id = :premisesId, unit_id = :unitId, building_id = :buildingId,
    address = :address, version = version + 1
  where id = :id`;
export const placeOrder = (
  sql: Sql,
  row: Pick<NewOrderRow, "accountId" | "premisesId" | "unitId" | "buildingId" | "address"> & { id: bigint },
) => sql.run(place, row);

const countPrint = `
  update work_orders set print_count = print_count + 1 where id = :id returning print_count as "printCount"`;
export const countOrderPrint = async (sql: Sql, id: bigint): Promise<number> =>
  (await sql.one<{ printCount: number }>(countPrint, { id })).printCount;

const list = `
  select ${COLUMNS} ${FROM}
  where ${orderScope("o")}
    and (:kind::text is null or o.kind = :kind::text)
    and (:state::text is null or o.state = :state::text)
    and (not :live::boolean or o.state not in ('done', 'cancelled'))
    and (:crewId::bigint is null or o.crew_id = :crewId::bigint)
    and (:areaId::bigint is null or exists (select 1 from service_area_buildings served
      where served.building_id = o.building_id and served.valid @> :scopeDay::date
        and served.area_id = :areaId::bigint))
    and (:dayFrom::timestamptz is null or (o.slot_from >= :dayFrom::timestamptz and o.slot_from < :dayUntil::timestamptz))
    and (coalesce(o.slot_from, 'infinity'), o.id) > (coalesce(:afterSlot::timestamptz, '-infinity'), :afterId::bigint)
  order by coalesce(o.slot_from, 'infinity'), o.id limit :limit::integer`;
export type OrderFilter = {
  readonly kind: OrderKind | null;
  readonly state: OrderState | null;
  /** Only what still needs somebody. */
  readonly live: boolean;
  readonly crewId: bigint | null;
  readonly areaId: bigint | null;
  readonly dayFrom: Date | null;
  readonly dayUntil: Date | null;
  readonly afterSlot: string | null;
  readonly afterId: bigint;
  readonly limit: number;
};
/** What has a window stands first, in its order; then what has none, the oldest first. */
export const listOrders = (sql: Sql, scope: Bindings, filter: OrderFilter): Promise<OrderRow[]> =>
  sql.rows<OrderRow>(list, { ...scope, ...filter });
