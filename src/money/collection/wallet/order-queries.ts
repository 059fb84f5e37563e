/** SQL of payments that were begun online, and of what providers reported. */
import type { Sql } from "#src/platform/sql.ts";
import type { HandOver } from "./wechat.ts";

export const WALLET_ORDER_STATES = [
  "asking",
  "waiting",
  "unknown",
  "paid",
  "closed",
  "refused",
  "held",
] as const;
export type WalletOrderState = (typeof WALLET_ORDER_STATES)[number];

export type WalletOrder = {
  readonly id: bigint;
  readonly orderNo: string;
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly payer: string;
  readonly forAnother: boolean;
  readonly channel: string;
  readonly channelId: number;
  readonly channelName: string;
  readonly channelNameEn: string | null;
  readonly amountFen: bigint;
  readonly state: WalletOrderState;
  readonly payUrl: string | null;
  /** What the page hands over to WeChat's browser, of an order that was begun in it. */
  readonly handOver: HandOver | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly askedAt: Date | null;
  readonly paidAt: Date | null;
  readonly transactionNo: string | null;
  readonly paymentId: bigint | null;
};

const COLUMNS = `
  wallet.id, wallet.order_no as "orderNo", wallet.account_id as "accountId", account.account_no as "accountNo",
  wallet.payer, wallet.for_another as "forAnother", channel.code as channel, wallet.channel_id as "channelId",
  channel.name as "channelName", channel.name_en as "channelNameEn",
  wallet.amount_fen as "amountFen", wallet.state, wallet.pay_url as "payUrl",
  wallet.hand_over as "handOver",
  wallet.created_at as "createdAt", wallet.expires_at as "expiresAt", wallet.asked_at as "askedAt",
  wallet.paid_at as "paidAt", wallet.transaction_no as "transactionNo", wallet.payment_id as "paymentId"
  from wallet_orders wallet
  join heat_accounts account on account.id = wallet.account_id
  join channels channel on channel.id = wallet.channel_id`;

const add = `
  insert into wallet_orders (order_no, account_id, payer, for_another, channel_id, amount_fen, state, created_at,
    expires_at, changed_at)
  values (:orderNo, :accountId, :payer, :forAnother, :channelId, :amountFen, 'asking', :now, :expiresAt, :now)
  on conflict (account_id, payer) where state in ('asking', 'waiting', 'unknown') do nothing
  returning id`;
/** Null: this payer has one open for this home. */
export const insertOrder = (
  sql: Sql,
  row: {
    orderNo: string;
    accountId: bigint;
    payer: string;
    forAnother: boolean;
    channelId: number;
    amountFen: bigint;
    now: Date;
    expiresAt: Date;
  },
) => sql.maybeOne<{ id: bigint }>(add, row);

const openOfPayer = `
  select ${COLUMNS} where wallet.account_id = :accountId and wallet.payer = :payer
    and wallet.state in ('asking', 'waiting', 'unknown')`;
export const findOpenOrder = (sql: Sql, query: { accountId: bigint; payer: string }) =>
  sql.maybeOne<WalletOrder>(openOfPayer, query);

export const findOrder = (sql: Sql, orderNo: string) =>
  sql.maybeOne<WalletOrder>(`select ${COLUMNS} where wallet.order_no = :orderNo`, { orderNo });

export const holdOrder = (sql: Sql, orderNo: string) =>
  sql.maybeOne<WalletOrder>(`select ${COLUMNS} where wallet.order_no = :orderNo for update of wallet`, {
    orderNo,
  });

const ofPayer = `
  select ${COLUMNS} where wallet.payer = :payer order by wallet.id desc limit :limit::integer`;
export const listOrdersOf = (sql: Sql, query: { payer: string; limit: number }) =>
  sql.rows<WalletOrder>(ofPayer, query);

const note = `
  update wallet_orders set state = :to, problem = :problem, pay_url = coalesce(:payUrl::text, pay_url),
    hand_over = coalesce(:handOver::jsonb, hand_over), asked_at = :now, changed_at = :now
  where id = :id and state = any(:from::text[])`;
/** Answers 1, or 0 when it is in none of these states any more. */
export const changeOrder = (
  sql: Sql,
  row: {
    id: bigint;
    from: readonly WalletOrderState[];
    to: WalletOrderState;
    problem: string;
    payUrl: string | null;
    handOver: HandOver | null;
    now: Date;
  },
) => sql.run(note, { ...row, handOver: row.handOver === null ? null : JSON.stringify(row.handOver) });

const pay = `
  update wallet_orders set state = 'paid', payment_id = :paymentId, transaction_no = :transactionNo, paid_at = :paidAt,
    problem = '', changed_at = :now
  where id = :id and state <> 'paid'`;
export const payOrder = (
  sql: Sql,
  row: { id: bigint; paymentId: bigint; transactionNo: string; paidAt: Date; now: Date },
) => sql.run(pay, row);

const hold = `
  update wallet_orders set state = 'held', transaction_no = :transactionNo, paid_at = :paidAt, problem = :problem,
    changed_at = :now
  where id = :id and state <> 'paid'`;
export const putAside = (
  sql: Sql,
  row: { id: bigint; transactionNo: string; paidAt: Date; problem: string; now: Date },
) => sql.run(hold, row);

const due = `
  select order_no as "orderNo" from wallet_orders
  where state in ('asking', 'waiting', 'unknown') and coalesce(asked_at, created_at) < :before
  order by asked_at nulls first, id limit :limit::integer`;
/** Open ones that nobody has asked about for a while. */
export const findOrdersToAsk = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.rows<{ orderNo: string }>(due, query);

const addEvent = `
  insert into wallet_events (event_id, body, received_at) values (:eventId, :body::jsonb, :now)
  on conflict (event_id) do nothing`;
/** 1, or 0 when this report came before. */
export const insertWalletEvent = (sql: Sql, row: { eventId: string; body: string; now: Date }) =>
  sql.run(addEvent, row);

const oldEvents = `
  delete from wallet_events where id in (
    select id from wallet_events where received_at < :before order by id limit :limit for update skip locked)`;
export const removeWalletEvents = (sql: Sql, query: { before: Date; limit: number }) =>
  sql.run(oldEvents, query);

const owed = `
  select coalesce(sum(amount_fen - paid_fen), 0)::bigint as "owedFen"
  from bills where account_id = :accountId and state in ('due', 'offered')`;
export const findOwed = async (sql: Sql, accountId: bigint): Promise<bigint> =>
  (await sql.one<{ owedFen: bigint }>(owed, { accountId })).owedFen;
