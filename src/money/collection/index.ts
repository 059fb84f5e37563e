/**
 * Collection (收费): money that comes in for households, and where each fen of it goes.
 *
 * payment (缴费)          one amount from one channel for one account; its identity is channel + serial (渠道 + 流水号)
 * channel (渠道)          counter (柜台), bank, wallet, agent; in real time by message, or by a file
 * tender (支付方式)       cash (现金) and card (刷卡) at a till, transfer and wallet elsewhere
 * allocation (冲抵)       which fen paid which bill, and by which rule: designated (指定), policy, oldest first
 * overpayment > prepaid (预收)   what no bill takes; applied (冲抵预收) to the bills that come later
 */
export { channelOfCode, collectionPolicy, type CollectionPolicy, openSeason } from "./reference.ts";
export { type Channel, listChannels, type StoredPayment } from "./queries.ts";
export {
  type PaymentAnswer,
  type PaymentRequest,
  type PaymentTerms,
  postPayment,
  takePayment,
} from "./post-payment.ts";
export { collectionRoutes } from "./routes.ts";
