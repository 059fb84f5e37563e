/** Shapes of the household's page. Ids name homes and orders; no address of the API holds anything of a person. */
import { z } from "zod";
import { lineOut } from "#src/money/billing/index.ts";
import { handOverIn, MOVEMENT_KINDS, WALLET_ORDER_STATES } from "#src/money/collection/index.ts";
import { fenIn, fenOut, rowIdIn } from "#src/platform/route.ts";
import { PURPOSES, SUPPLY_STATES, VALVE_STATES } from "#src/town/accounts/index.ts";

export const tag = "Household 我家";
export const localeIn = z.enum(["zh-CN", "en"]);

/** Whatever is typed is answered alike; only its length is bounded. */
const typed = z.string().trim().min(1).max(40);
const challengeIn = z.string().regex(/^[\w-]{32}$/, "the challenge of a code");

export const codeBody = z.strictObject({ accountNo: typed, locale: localeIn.default("zh-CN") });
export const codeOut = z.object({
  challenge: z.string(),
  /** The first digits of the telephone; the same form whether there is one or not. */
  sentTo: z.string(),
  expiresAt: z.string(),
  resendAfterSeconds: z.int(),
  /** A code is dead after so many wrong ones, and earlier where the home had many of them. */
  tries: z.int(),
});

export const proofBody = z.union([
  z.strictObject({ challenge: challengeIn, code: z.string().regex(/^\d{6}$/, "six digits") }),
  /** `paper`: the card's number, or that of the last receipt. */
  z.strictObject({ accountNo: typed, paper: typed }),
]);

export const homeRowOut = z.object({
  homeId: z.string(),
  accountNo: z.string(),
  community: z.string(),
  building: z.string(),
  buildingId: z.string(),
  unit: z.string(),
  door: z.string(),
  /** The first sign only. */
  owner: z.string(),
  owedFen: fenOut,
});

export const sessionOut = z.object({
  /** By a code to the registered telephone; `paper`: by card or receipt, which shows one home and decides nothing. */
  proof: z.enum(["phone", "paper"]),
  homes: z.array(homeRowOut),
  /** Inside WeChat's browser: whether it pays by itself here, and whether it is known who sits in it. */
  wechat: z.object({ available: z.boolean(), known: z.boolean() }),
  now: z.string(),
});

export const homeParams = z.strictObject({ homeId: rowIdIn });
export const homeIdOut = z.object({ homeId: z.string() });
export const endedOut = z.object({ ended: z.literal(true) });

const billOut = z.object({
  id: z.string(),
  billNo: z.string(),
  season: z.int(),
  kind: z.enum(["heat", "opening"]),
  state: z.enum(["offered", "due"]),
  amountFen: fenOut,
  paidFen: fenOut,
  openFen: fenOut,
  dueOn: z.string().nullable(),
  lines: z.array(lineOut),
});

export const walletOut = z.object({ code: z.string(), name: z.string(), nameEn: z.string().nullable() });

export const homeOut = homeRowOut.extend({
  dueFen: fenOut,
  offeredFen: fenOut,
  prepaidFen: fenOut,
  /** Until when the season's bills are to be paid. */
  payUntil: z.string().nullable(),
  points: z.array(
    z.object({
      name: z.string(),
      supply: z.enum(SUPPLY_STATES).nullable(),
      valve: z.enum(VALVE_STATES).nullable(),
    }),
  ),
  bills: z.array(billOut),
  /** None: nothing can be paid online. */
  wallets: z.array(walletOut),
  hotline: z.string(),
});

export const paymentRowOut = z.object({
  id: z.string(),
  amountFen: fenOut,
  paidAt: z.string(),
  /** A payment; claimed money of nobody (认领); prepaid of the opening (期初预存). */
  kind: z.enum(MOVEMENT_KINDS),
  paymentId: z.string().nullable(),
  claimId: z.string().nullable(),
  state: z.enum(["posted", "doubtful", "reversed"]),
  channelName: z.string().nullable(),
  /** In English; its code where nobody gave one. */
  channelNameEn: z.string().nullable(),
  receiptId: z.string().nullable(),
  receiptNo: z.string().nullable(),
});
export const receiptBody = z.union([
  z.strictObject({ paymentId: rowIdIn }),
  z.strictObject({ claimId: rowIdIn }),
]);
export const receiptIdOut = z.object({ receiptId: z.string() });
export const receiptParams = z.strictObject({ id: rowIdIn });
export const printQuery = z.strictObject({ lang: localeIn.default("zh-CN") });

/** What may be reported here, in the categories of cases. */
export const REPORTED = [
  "heat.not-hot",
  "heat.partly",
  "fault.leak",
  "fault.radiator",
  "fault.inlet-valve",
  "valve.paid-not-open",
  "payment.amount",
  "business.correction",
  "enquiry.policy",
  "suggestion.suggestion",
] as const;
export const caseBody = z.strictObject({
  category: z.enum(REPORTED),
  text: z.string().trim().min(2).max(500),
  /** Whom to call about it; the registered telephone when left out. */
  callBack: z.string().trim().min(5).max(30).optional(),
});
export const caseOut = z.object({
  ticketNo: z.string(),
  state: z.enum(["new", "working", "waiting", "resolved", "closed"]),
  closingClass: z.enum(["solved", "explained"]).nullable(),
  category: z.string(),
  categoryName: z.string(),
  categoryNameEn: z.string(),
  openedAt: z.string(),
  closedAt: z.string().nullable(),
  /** Only what was written here. */
  text: z.string().nullable(),
  /** How many photos came from here. */
  photos: z.int(),
  /** Whether more are taken. */
  takesPhotos: z.boolean(),
});
export const photoParams = homeParams.extend({ ticketNo: z.string().regex(/^\d{1,18}$/) });
export const photoQuery = z.strictObject({ fileName: z.string().trim().min(1).max(200).default("photo") });
export const photoOut = z.object({ photos: z.int() });
export const caseOpenedOut = z.object({ ticketNo: z.string() });

export const valveOut = z.object({
  outcome: z.enum(["joined", "raised", "refused"]),
  orderNo: z.string().nullable(),
  reason: z.enum(["not-paid", "no-bill", "valve-open", "not-supplied"]).nullable(),
});

export const consentsOut = z.object({
  items: z.array(z.object({ purpose: z.enum(PURPOSES), granted: z.boolean().nullable() })),
});
export const consentBody = z.strictObject({ purpose: z.enum(PURPOSES), granted: z.boolean() });

export const lookUpBody = z.strictObject({ accountNo: typed });
export const lookUpOut = z.object({
  lookUpId: z.string(),
  owner: z.string(),
  addressTail: z.string(),
  owedFen: fenOut,
  wallets: z.array(walletOut),
});

export const orderBody = z.strictObject({
  /** One of the own homes, or one that was looked up. */
  pay: z.union([z.strictObject({ homeId: rowIdIn }), z.strictObject({ lookUpId: rowIdIn })]),
  amountFen: fenIn,
  wallet: z.string().regex(/^[a-z0-9-]{2,30}$/),
  /** Inside WeChat's browser, by whom the session knows to sit there. */
  inWechat: z.boolean().default(false),
});
export const wechatAskOut = z.object({ url: z.string() });
/** As they came in the address: WeChat's code, which works once, and our state. */
export const wechatAnswerBody = z.strictObject({
  code: z.string().regex(/^[\w-]{1,128}$/),
  state: z.string().regex(/^[\w-]{32}$/),
});
export const wechatKnownOut = z.object({ known: z.literal(true) });
export const orderParams = z.strictObject({ orderNo: z.string().regex(/^[A-Z0-9]{10,32}$/) });
export const orderOut = z.object({
  orderNo: z.string(),
  state: z.enum(WALLET_ORDER_STATES),
  amountFen: fenOut,
  walletName: z.string(),
  walletNameEn: z.string(),
  forAnother: z.boolean(),
  /** Of an own home. */
  homeId: z.string().nullable(),
  owner: z.string(),
  addressTail: z.string(),
  /** Where the payer goes on, while it is open. */
  payUrl: z.string().nullable(),
  /** The same for an order that was begun inside WeChat: what its browser is given. */
  handOver: handOverIn.nullable(),
  createdAt: z.string(),
  expiresAt: z.string(),
  paidAt: z.string().nullable(),
  paymentId: z.string().nullable(),
});

export const communityQuery = z.strictObject({ q: z.string().trim().min(1).max(40) });
export const communitiesOut = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), district: z.string() })),
});
export const communityParams = z.strictObject({ communityId: rowIdIn });
export const buildingsOut = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });
export const buildingParams = z.strictObject({ buildingId: rowIdIn });
export const newsOut = z.object({
  community: z.string(),
  building: z.string(),
  hotline: z.string(),
  /** What is wrong now; null: nothing is known to be. */
  trouble: z
    .object({ script: z.string(), scriptEn: z.string(), expectedBackAt: z.string().nullable() })
    .nullable(),
  tests: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(["pressure", "cold-run"]),
      state: z.enum(["announced", "running", "passed", "failed", "retesting", "postponed", "cancelled"]),
      startsAt: z.string().nullable(),
      endsAt: z.string().nullable(),
    }),
  ),
  notices: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      text: z.string(),
      locale: localeIn,
      at: z.string(),
    }),
  ),
  readAt: z.string(),
});
