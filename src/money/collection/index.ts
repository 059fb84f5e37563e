/**
 * Collection (收费): money that comes in for households, and where each fen of it goes.
 *
 * payment (缴费)          one amount from one channel for one account; its identity is channel + serial (渠道 + 流水号)
 * channel (渠道)          counter (柜台), bank, wallet, agent; in real time by message, or by a file
 * tender (支付方式)       cash (现金) and card (刷卡) at a till, transfer and wallet elsewhere
 * allocation (冲抵)       which fen paid which bill, and by which rule: designated (指定), policy, oldest first
 * prepaid (预收)          what no bill takes; applied (冲抵预收) to bills that come later, released (退回预收) from them
 * shift (班次)            one person at one till on one day, with a float (备用金); closed with counted cash, the terminal's
 *                         total and the deposit slip (缴款单); differences are 长款 and 短款
 * online order (线上缴费单) begun on the household's page, finished at a wallet (钱包); unknown (结果不明) until the provider says;
 *                         held (待处理) when its money came and could not be posted
 * receipt (收据)          numbered without a gap per till and year; a copy (补打) says so; void (作废), never renumbered
 * reversal (冲正)         the opposite posting, once, whole: void in the shift (当班作废), correction (更正), bank's message
 * charge (终端收款)        an amount shown at the till's terminal, for a card (刷卡) or a QR code (扫码); approved, it becomes payments
 * held money (到账未入账)   paid outside (wallet, terminal) and not to be posted, or nobody knows: held once, finance has a task
 * kept totals (收费累计)     what was collected per building and closed day, added up once for boards and sheets
 * claim (认领)             money of nobody that was found to be a household's: it stands among its payments, with a receipt
 * move (转户)             money on the wrong home, taken back and posted where it belongs
 */
export { accessPayment } from "./access-payment.ts";
export { applyPrepaid, applyPrepaidInRange } from "./apply-prepaid.ts";
export { listChannelDetails } from "./channel-queries.ts";
export { channelJson, channelOut } from "./channel-routes.ts";
export { CHANNEL_KINDS, type ChannelChange, channelCodeIn, channelIn, setChannel } from "./channels.ts";
export { issueClaimReceipt } from "./issue-claim-receipt.ts";
export { type IssuedReceipt, issueReceipt } from "./issue-receipt.ts";
export { keepCollectedTotals } from "./keep-totals.ts";
export { movePayment, requestMove } from "./move-payment.ts";
export {
  type PaymentAnswer,
  type PaymentFacts,
  type PaymentRequest,
  type PaymentTerms,
  loadPaymentFacts,
  paymentTerms,
  postPayment,
} from "./post-payment.ts";
export type { AppliedShare } from "./prepaid-queries.ts";
export { collectionProofs } from "./proofs.ts";
export { listMovements, type Movement, MOVEMENT_KINDS, receiptOfClaim } from "./movement-queries.ts";
export { type Channel, listChannels, type StoredPayment } from "./queries.ts";
export {
  channelOfCode,
  collectionPolicy,
  type CollectionPolicy,
  collectionPolicyIn,
  openSeason,
  openSeasonIn,
} from "./reference.ts";
export { releasePrepaid, requestRelease } from "./release-prepaid.ts";
export { formatReceiptNo, seriesOf } from "./receipt-queries.ts";
export type { ReversalKind } from "./reversal-queries.ts";
export {
  correctPayment,
  postReversal,
  requestReversal,
  type ReversalAnswer,
  type ReversalOrder,
  reverseByMessage,
  voidPayment,
} from "./reverse-payment.ts";
export { collectionRoutes } from "./routes.ts";
export { lastReceipts, type NamedReceipt, searchReceipts } from "./search-receipts.ts";
export type { Tender } from "./schema.ts";
export { printReceipt, viewReceipt } from "./show-receipt.ts";
export { startNumberSeries } from "./start-number-series.ts";
export { closeShift, openShift, type ShiftCount, shiftSummary } from "./shifts.ts";
export {
  type CounterAnswer,
  type CounterItem,
  type CounterRequest,
  takeCounterPayments,
} from "./take-counter-payments.ts";
export { takePayment } from "./take-payment.ts";
export { lookAtLeftCharges } from "./terminal-charges.ts";
export { forgetWalletEvents, WALLET_RETENTION_DAYS } from "./wallet/forget.ts";
export {
  findOpenOrder as findOpenWalletOrder,
  findOrder as findWalletOrder,
  listOrdersOf as listWalletOrdersOf,
  WALLET_ORDER_STATES,
  type WalletOrder,
} from "./wallet/order-queries.ts";
export {
  askOpenWalletOrders,
  beginWalletOrder,
  cancelWalletOrder,
  checkWalletOrder,
  settleWalletOrder,
  walletChannels,
  wechatPortOf,
} from "./wallet/orders.ts";
export { type HandOver, handOverIn, WECHAT_CHANNEL } from "./wallet/wechat.ts";
export { createWalletSimulator, type WalletSimulator } from "./wallet/simulator.ts";
