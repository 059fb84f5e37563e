/**
 * Payments begun online: from the payer's wish to the posted money, once.
 *
 *   asking > waiting > paid | closed;  asking | waiting > unknown > any of them;  refused; held
 *
 * The provider is asked after the row is committed, never within a transaction; whatever it says later (its report, an answer to our
 * question, either twice, in any order) comes to the same place, and the payment's serial is the provider's transaction.
 */
import { randomInt } from "node:crypto";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext, Idempotency } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import { tryEach } from "#src/platform/try-each.ts";
import { askFinance, isRefusedForGood } from "../held-money.ts";
import {
  loadPaymentFacts,
  paymentTerms,
  type PaymentTerms,
  postPayment,
  requirePositive,
} from "../post-payment.ts";
import { type Channel, listChannels } from "../queries.ts";
import { channelOfCode } from "../reference.ts";
import { walletGateway } from "./gateway.ts";
import {
  changeOrder,
  findOpenOrder,
  findOrder,
  findOrdersToAsk,
  findOwed,
  holdOrder,
  insertOrder,
  payOrder,
  putAside,
  type WalletOrder,
} from "./order-queries.ts";
import type { WalletBegun, WalletPaid, WalletPort, WalletState } from "./port.ts";
import { authorizeAddress, WECHAT_CHANNEL, type WechatPort } from "./wechat.ts";

export const WALLET_PATH = "/hooks/wallet";
const GOOD_FOR_MS = 15 * 60_000;
/** An open order is asked about again after this. */
const ASK_AGAIN_MS = 60_000;
const MOST_ASKED = 100;
const OPEN = ["asking", "waiting", "unknown"] as const;

/** The port to WeChat's own payers; null where no app of ours is known to it. */
export const wechatPortOf = (platform: Pick<Platform, "wallet" | "clock">): WechatPort | null => {
  const app = platform.wallet?.wechat;
  if (platform.wallet === undefined || app === undefined) return null;
  const { openidOf } = walletGateway(platform.wallet, platform.clock);
  return { openidOf, authorizeUrl: (way) => authorizeAddress(app, way) };
};

export const walletPortOf = (platform: Pick<Platform, "wallet" | "clock">): WalletPort | null =>
  platform.wallet === undefined ? null : walletGateway(platform.wallet, platform.clock);

/** The machine that speaks for a wallet's channel. */
const walletActor = (channelId: number): Actor => ({
  kind: "machine",
  id: null,
  name: "wallet-gateway",
  roles: ["bank-channel"],
  scope: { kind: "everything" },
  channelId,
});

const requirePort = (platform: Platform): WalletPort =>
  walletPortOf(platform) ??
  fail("wallet.not-set-up", "nothing can be paid online here", {
    remedy: "pay at a counter, by your bank, or at one of our agents",
  });

/** Tells nobody anything: a day and chance. */
const newOrderNo = (now: Date): string =>
  `W${dayOfInstant(now).replaceAll("-", "")}${String(randomInt(10 ** 12)).padStart(12, "0")}`;

/** The wallets that a payer may choose from, in the order of their codes; none where nothing is set up. */
export const walletChannels = async (platform: Platform): Promise<Channel[]> =>
  platform.wallet === undefined
    ? []
    : (await listChannels(platform.database.sql)).filter(({ kind, active }) => kind === "wallet" && active);

export type WalletWish = {
  readonly accountId: bigint;
  /** `member:4`, `session:9`: whose order it is. */
  readonly payer: string;
  readonly forAnother: boolean;
  readonly channel: string;
  readonly amountFen: Fen;
  /** Where the payer comes back to, below the public address; the order's number is put behind it. */
  readonly returnPath: string;
  readonly subject: string;
  /** Of a payer inside WeChat's browser; the order is paid there. */
  readonly openid?: string | undefined;
};

const beginRow = async (
  context: CommandContext,
  channel: Channel,
  wish: WalletWish,
): Promise<{ readonly orderNo: string }> => {
  const { sql, now } = context;
  const { accountId, payer, forAnother, amountFen } = wish;
  const owedFen = await findOwed(sql, accountId);
  if (amountFen > owedFen) {
    fail("wallet.more-than-owed", "this is more than is open on this home", {
      field: "amountFen",
      remedy: "pay what is open, or less",
      facts: { owedFen: String(owedFen) },
    });
  }
  const orderNo = newOrderNo(now);
  const expiresAt = new Date(now.getTime() + GOOD_FOR_MS);
  const row = { orderNo, accountId, payer, forAnother, channelId: channel.id, amountFen, now, expiresAt };
  const inserted = await insertOrder(sql, row);
  if (inserted === null) {
    const open = must(await findOpenOrder(sql, { accountId, payer }), "the order that is open");
    // One that was begun inside WeChat is paid there, and one that was begun elsewhere is not.
    const isThere = open.state !== "waiting" || (open.handOver !== null) === (wish.openid !== undefined);
    if (open.amountFen === amountFen && open.channelId === channel.id && isThere)
      return { orderNo: open.orderNo };
    return fail("wallet.order-open", "another payment for this home is open", {
      remedy: "finish it, or call it off first",
      facts: { orderNo: open.orderNo },
    });
  }
  context.audit({
    subject: `wallet-order:${inserted.id}`,
    details: { accountId, channelId: channel.id, amountFen, forAnother },
  });
  return { orderNo };
};

const noteBegun = async (platform: Platform, actor: Actor, order: WalletOrder, begun: WalletBegun) =>
  platform.commands.run({ name: "wallet.note-begun", actor }, async (context) => {
    const { id } = order;
    const { now } = context;
    const to = { begun: "waiting", refused: "refused", unknown: "unknown" } as const;
    const changed = await changeOrder(context.sql, {
      id,
      from: ["asking"],
      to: to[begun.kind],
      problem: begun.kind === "begun" ? "" : begun.kind === "refused" ? begun.code : begun.problem,
      payUrl: begun.kind === "begun" ? begun.payUrl : null,
      handOver: begun.kind === "begun" ? begun.handOver : null,
      now,
    });
    if (changed > 0) context.audit({ subject: `wallet-order:${id}`, details: { began: begun.kind } });
  });

/**
 * Begins a payment, or goes on with the same one that this payer has open. Repeating with the same key is safe, also after a crash
 * between the row and the provider: the provider knows it by our number.
 * @throws DomainError `wallet.not-set-up`, `wallet.more-than-owed`, `wallet.order-open`, `wallet.not-a-wallet`,
 * `payment.amount-not-positive`, `channel.*`
 */
export const beginWalletOrder = async (
  platform: Platform,
  actor: Actor,
  wish: WalletWish,
  options: { readonly idempotency?: Idempotency | undefined; readonly requestId: string },
): Promise<WalletOrder> => {
  const port = requirePort(platform);
  requirePositive(wish.amountFen);
  const channel = await channelOfCode(platform.database, wish.channel);
  if (channel.kind !== "wallet" || (wish.openid !== undefined && channel.code !== WECHAT_CHANNEL)) {
    fail("wallet.not-a-wallet", "nothing can be paid online through this channel", { field: "channel" });
  }
  const { result } = await platform.commands.run(
    {
      name: "wallet.begin",
      actor,
      requestId: options.requestId,
      ...(options.idempotency && { idempotency: options.idempotency }),
    },
    (context) => beginRow(context, channel, wish),
  );
  const read = async (): Promise<WalletOrder> =>
    must(await findOrder(platform.database.sql, result.orderNo), "the order that was begun");
  const order = await read();
  if (order.state !== "asking") return order;
  const begun = await port.begin({
    orderNo: order.orderNo,
    channel: order.channel,
    amountFen: order.amountFen,
    subject: wish.subject,
    expiresAt: order.expiresAt,
    notifyUrl: `${platform.publicUrl}/api/v1${WALLET_PATH}`,
    returnUrl: `${platform.publicUrl}${wish.returnPath}/${order.orderNo}`,
    ...(wish.openid !== undefined && { openid: wish.openid }),
  });
  await noteBegun(platform, actor, order, begun);
  return read();
};

/** Money that came and belongs nowhere by itself: the task is raised once a transaction. */
const askAbout = (
  context: CommandContext,
  order: WalletOrder,
  paid: WalletPaid,
  why: string,
): Promise<void> =>
  askFinance(context, {
    kind: "wallet-held",
    source: `wallet:${order.channel}:${paid.transactionNo}`,
    title: `线上缴费到账后无法入账：${order.orderNo}`,
    details: {
      orderNo: order.orderNo,
      transactionNo: paid.transactionNo,
      amountFen: String(paid.amountFen),
      why,
    },
    accountId: order.accountId,
  });

/** A paid order whose transaction is told again is no news. */
const setAside = async (
  context: CommandContext,
  order: WalletOrder,
  paid: WalletPaid,
  code: string,
): Promise<void> => {
  const { sql, now } = context;
  const { transactionNo, paidAt } = paid;
  if (order.state === "paid") {
    if (order.transactionNo === transactionNo) return;
    return askAbout(context, order, paid, "second-transaction");
  }
  await putAside(sql, { id: order.id, transactionNo, paidAt, problem: code, now });
  context.audit({ subject: `wallet-order:${order.id}`, details: { held: code } });
  await askAbout(context, order, paid, code);
};

const postPaid = async (
  context: CommandContext,
  terms: PaymentTerms,
  orderNo: string,
  paid: WalletPaid,
): Promise<void> => {
  const { sql, now, today, actor } = context;
  const { transactionNo, amountFen, paidAt } = paid;
  const held = must(await holdOrder(sql, orderNo), "an order");
  if (held.state === "paid" || amountFen !== held.amountFen) {
    await setAside(context, held, paid, "amount-differs");
    return;
  }
  const request = {
    accountNo: held.accountNo,
    amountFen: held.amountFen as Fen,
    channel: terms.channel.code,
    serial: transactionNo,
    paidAt,
  };
  const facts = await loadPaymentFacts(sql, actor, request, today);
  const { paymentId } = await postPayment(context, terms, request, facts);
  await payOrder(sql, { id: held.id, paymentId: BigInt(paymentId), transactionNo, paidAt, now });
  context.audit({ subject: `wallet-order:${held.id}`, details: { paymentId } });
};

/**
 * Posts what a provider says was paid for an order, once: the transaction is the payment's serial. What cannot be posted (another amount,
 * a closed account, a second transaction of one order) is held, and finance has a task. Locks the order, then the account. Repeating is
 * safe. Answers false for an order that is not ours.
 */
export const settleWalletOrder = async (
  platform: Platform,
  orderNo: string,
  paid: WalletPaid,
  requestId?: string,
): Promise<boolean> => {
  const order = await findOrder(platform.database.sql, orderNo);
  if (order === null) return false;
  const channels = await listChannels(platform.database.sql);
  const channel = must(
    channels.find(({ id }) => id === order.channelId),
    "the channel of an order",
  );
  const terms = await paymentTerms(platform, channel, "wallet");
  const options = { actor: walletActor(channel.id), ...(requestId !== undefined && { requestId }) };
  try {
    await platform.commands.run({ name: "wallet.settle", ...options }, (context) =>
      postPaid(context, terms, orderNo, paid),
    );
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    // In a transaction of its own: of the one that was refused nothing is left.
    await platform.commands.run({ name: "wallet.hold", ...options }, async (context) =>
      setAside(context, must(await holdOrder(context.sql, orderNo), "an order"), paid, error.code),
    );
  }
  return true;
};

const applyState = async (
  platform: Platform,
  order: WalletOrder,
  state: WalletState,
): Promise<WalletOrder> => {
  if (state.kind === "paid") {
    await settleWalletOrder(platform, order.orderNo, state);
  } else {
    await platform.commands.run(
      { name: "wallet.note-state", actor: walletActor(order.channelId) },
      async (context) => {
        const changed = await changeOrder(context.sql, {
          id: order.id,
          from: OPEN,
          to: state.kind,
          problem: state.kind === "unknown" ? state.problem : "",
          payUrl: state.kind === "waiting" ? state.payUrl : null,
          handOver: null,
          now: context.now,
        });
        if (changed > 0 && state.kind !== order.state) {
          context.audit({
            subject: `wallet-order:${order.id}`,
            details: { from: order.state, to: state.kind },
          });
        }
      },
    );
  }
  return must(await findOrder(platform.database.sql, order.orderNo), "an order");
};

/**
 * Asks the provider how an open order stands, and does what follows; one whose time is over is closed there first. An answer that does
 * not come makes it `unknown`, which is shown as it is and asked about again. Repeating is safe.
 */
export const checkWalletOrder = async (platform: Platform, order: WalletOrder): Promise<WalletOrder> => {
  const port = walletPortOf(platform);
  if (port === null || !OPEN.some((state) => state === order.state)) return order;
  const isOver = order.expiresAt <= platform.clock.now();
  return applyState(platform, order, await (isOver ? port.close(order.orderNo) : port.ask(order.orderNo)));
};

/** Calls an open order off at the provider; when it was paid meanwhile, it is paid. Repeating is safe. */
export const cancelWalletOrder = async (platform: Platform, order: WalletOrder): Promise<WalletOrder> => {
  const port = walletPortOf(platform);
  if (port === null || !OPEN.some((state) => state === order.state)) return order;
  return applyState(platform, order, await port.close(order.orderNo));
};

/**
 * Asks about everything that is open and was not asked about for a minute; answers how many. Repeating is safe.
 * @throws AggregateError when some could not be asked about; the others were
 */
export const askOpenWalletOrders = async (platform: Platform): Promise<number> => {
  if (platform.wallet === undefined) return 0;
  const before = new Date(platform.clock.now().getTime() - ASK_AGAIN_MS);
  const due = await findOrdersToAsk(platform.database.sql, { before, limit: MOST_ASKED });
  return tryEach(
    due,
    ({ orderNo }) => `wallet order ${orderNo}`,
    async ({ orderNo }) =>
      checkWalletOrder(platform, must(await findOrder(platform.database.sql, orderNo), "an order")),
  );
};
