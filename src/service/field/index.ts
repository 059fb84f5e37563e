/**
 * Field work (外勤): what is done at the door because of a case, a payment or an emergency.
 *
 * - work order (工单/派工单)   valve (开阀), repair (维修), temperature (测温), emergency (抢修); raised once per source
 * - window (预约时段) and crew (班组); visits (上门) are counted: done at the first one (一次上门解决) or not
 * - temperature slip (测温单)  instrument, time, rooms, readings, both signatures; never changed
 * - field report (离线现场记录) a visit that arrives later; what does not fit any more is kept and compared (核对)
 * - stairwell (单元)           valve orders as the area manager walks them, one tap a door
 * - duty phone (值班电话)      whom an emergency calls, one after the other, until somebody presses the key
 */
export { accessOrder } from "./access-order.ts";
export { addCrew, addCrewMember, clearDutyPhone, endCrewMember, setDutyPhone } from "./crews.ts";
export {
  cancelOrder,
  leaveOrder,
  type OrderChanged,
  scheduleOrder,
  type Slot,
  startOrder,
} from "./change-order.ts";
export { acknowledgeEmergency, ANSWER_WITHIN_MS, stepEmergencies } from "./emergency.ts";
export { finishOrder, type Signature } from "./finish-order.ts";
export { type NewWorkOrder, type OpenedWorkOrder, openWorkOrder } from "./open-order.ts";
export {
  formatOrderNo,
  ORDER_KINDS,
  ORDER_RESULTS,
  type OrderKind,
  type OrderResult,
} from "./order-kinds.ts";
export {
  nextOrderState,
  ORDER_COMMANDS,
  ORDER_STATES,
  ORDER_TRANSITIONS,
  type OrderCommand,
  type OrderState,
} from "./order-states.ts";
export { addPhoto } from "./photos.ts";
export { type NewSlip, recordSlip } from "./record-slip.ts";
export { type ReportedVisit, reportVisit, type VisitReport } from "./report-visit.ts";
export { fieldRoutes } from "./routes.ts";
export { searchOrders } from "./search-orders.ts";
export { fieldSubscribers } from "./subscribers.ts";
export { type TapResult, tapValves, type ValveTap } from "./tap-valves.ts";
export {
  requestValveOpening,
  settleValveOrders,
  type ValveRefusal,
  type ValveRequest,
} from "./valve-orders.ts";
