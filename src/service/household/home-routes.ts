/** Routes of one home: what is owed and why, payments and receipts, cases, the valve, consent. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { billJson, findBillsOf, findLines } from "#src/money/billing/index.ts";
import {
  accessPayment,
  issueClaimReceipt,
  issueReceipt,
  listMovements,
  printReceipt,
  receiptOfClaim,
  walletChannels,
} from "#src/money/collection/index.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import { renderPage } from "#src/office/documents/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  defineRoute,
  fenJson,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  type Route,
} from "#src/platform/route.ts";
import { requestValveOpening } from "#src/service/field/index.ts";
import { formatTicketNo, OPEN_STATES, openTicket } from "#src/service/tickets/index.ts";
import { findConsent, PURPOSES, recordConsent } from "#src/town/accounts/index.ts";
import { lockCounters } from "./attempt-queries.ts";
import { type CaseRow, countOpenHere, findCases, findPoints, findReceiptOf } from "./home-queries.ts";
import { accessHome, requireMember } from "./homes.ts";
import { MOST_PHOTOS } from "./photo-route.ts";
import {
  caseBody,
  caseOpenedOut,
  caseOut,
  consentBody,
  consentsOut,
  homeOut,
  homeParams,
  paymentRowOut,
  printQuery,
  receiptBody,
  receiptIdOut,
  receiptParams,
  tag,
  valveOut,
} from "./schema.ts";
import { findBehind } from "./session-queries.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { sessionIdOf } from "./sessions.ts";
import { findHome, homeJson } from "./views.ts";

/** More open ones from one home say nothing new, and each costs somebody a call. */
const MOST_OPEN_CASES = 5;
const MOST_CASES = 50;

const viewHome = async (
  platform: Platform,
  actor: Actor,
  homeId: bigint,
): Promise<z.input<typeof homeOut>> => {
  const { sql } = platform.database;
  const day = dayOfInstant(platform.clock.now());
  const account = await accessHome(sql, actor, homeId);
  const [home, points, bills, balances, seasons, wallets, company] = await Promise.all([
    findHome(platform, account.id),
    findPoints(sql, { accountId: account.id, day }),
    findBillsOf(sql, account.id),
    householdBalances(sql, account.id),
    findSeasons(sql),
    walletChannels(platform),
    companyOnPaper(sql),
  ]);
  const standing = bills.filter(({ state }) => state !== "cancelled");
  const lines = await findLines(
    sql,
    standing.map(({ id }) => id),
  );
  const shown = standing.map((bill) => billJson(bill, lines));
  const openIn = (state: string): number =>
    shown.filter((bill) => bill.state === state).reduce((sum, { openFen }) => sum + openFen, 0);
  return {
    ...homeJson(home),
    dueFen: openIn("due"),
    offeredFen: openIn("offered"),
    prepaidFen: fenJson(balances.prepaidFen),
    payUntil: billingSeasonOf(seasons, day)?.paymentWindowEndsOn ?? null,
    points,
    bills: shown.flatMap(
      ({ state, id, billNo, season, kind, amountFen, paidFen, openFen, dueOn, lines: own }) =>
        state === "cancelled"
          ? []
          : [{ id, billNo, season, kind, state, amountFen, paidFen, openFen, dueOn, lines: own }],
    ),
    wallets: wallets.map(({ code, name, nameEn }) => ({ code, name, nameEn })),
    hotline: company.hotline,
  };
};

/** The same payment gets the same receipt however often it is asked for. */
const receiptOf = async (context: CommandContext, homeId: bigint, paymentId: bigint): Promise<bigint> => {
  const { sql, actor, today } = context;
  const account = await accessHome(sql, actor, homeId);
  const payment = await accessPayment(sql, actor, paymentId, today);
  if (payment.accountId !== account.id) fail("payment.not-found", "there is no payment with this number");
  await lockCounters(sql, [`household-receipt:${paymentId}`]);
  const standing = await findReceiptOf(sql, paymentId);
  return (
    standing?.receiptId ?? (await issueReceipt(context, { paymentIds: [paymentId], payerName: "" })).receiptId
  );
};

const receiptOfClaimed = async (context: CommandContext, homeId: bigint, itemId: bigint): Promise<bigint> => {
  const { sql, actor } = context;
  const account = await accessHome(sql, actor, homeId);
  await lockCounters(sql, [`household-claim-receipt:${itemId}`]);
  const standing = await receiptOfClaim(sql, itemId, account.id);
  return (
    standing?.receiptId ??
    (await issueClaimReceipt(context, { itemId, accountId: account.id, payerName: "" })).receiptId
  );
};

const STATES = {
  new: "new",
  waiting: "waiting",
  resolved: "resolved",
  closed: "closed",
  merged: "working",
} as const;

const caseJson = (row: CaseRow): z.input<typeof caseOut> => ({
  ticketNo: formatTicketNo(row.id),
  // Who has it inside is ours; that somebody does is what counts here.
  state: Object.hasOwn(STATES, row.state) ? STATES[row.state as keyof typeof STATES] : "working",
  closingClass: row.closingClass,
  category: row.category,
  categoryName: row.categoryName,
  categoryNameEn: row.categoryNameEn,
  openedAt: row.openedAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
  text: row.summary,
  photos: Number(row.photos),
  takesPhotos:
    row.channel === "self-service" &&
    OPEN_STATES.some((state) => state === row.state) &&
    row.photos < MOST_PHOTOS,
});

const report = async (
  context: CommandContext,
  homeId: bigint,
  body: z.output<typeof caseBody>,
): Promise<{ readonly ticketNo: string }> => {
  const { sql, actor } = context;
  const account = await accessHome(sql, actor, homeId);
  await lockCounters(sql, [`household-case:${account.id}`]);
  if ((await countOpenHere(sql, account.id)) >= MOST_OPEN_CASES) {
    fail("household.too-many-cases", "several cases of this home are open already", {
      remedy: "wait for a call about them, or call the hotline",
    });
  }
  const { number } = await findBehind(sql, { sessionId: sessionIdOf(actor), accountId: account.id });
  const callerNumber = body.callBack === undefined ? number : parsePhone(body.callBack).number;
  const { ticketNo } = await openTicket(context, {
    category: body.category,
    channel: "self-service",
    accountId: account.id,
    ...(callerNumber !== null && { callerNumber }),
    summary: body.text,
  });
  return { ticketNo };
};

const viewConsents = async (platform: Platform, actor: Actor, homeId: bigint) => {
  const { sql } = platform.database;
  const account = await accessHome(sql, actor, homeId);
  const { personId } = await requireMember(sql, actor, account.id);
  const words = await Promise.all(
    PURPOSES.map(async (purpose) => ({
      purpose,
      granted: personId === null ? null : ((await findConsent(sql, personId, purpose))?.granted ?? null),
    })),
  );
  return { items: words };
};

export const householdHomeRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/me/homes/{homeId}",
    permission: "me.read",
    tag,
    summary: "One of the own homes: what is owed and why, its valve, and how it can be paid",
    params: homeParams,
    response: homeOut,
    handle: async ({ platform, actor, params }) => ({ body: await viewHome(platform, actor, params.homeId) }),
  }),
  defineRoute({
    method: "get",
    path: "/me/homes/{homeId}/payments",
    permission: "me.read",
    tag,
    summary: "What was paid for a home, newest first, with the receipts",
    params: homeParams,
    query: pageIn,
    response: pageOf(paymentRowOut),
    handle: async ({ platform, actor, params, query }) => {
      const { sql } = platform.database;
      const account = await accessHome(sql, actor, params.homeId);
      const rows = await listMovements(sql, {
        accountId: account.id,
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
        ...scopeBindings(actor.scope, dayOfInstant(platform.clock.now())),
        ownChannelId: null,
      });
      return {
        body: pageFrom(
          rows,
          query.limit,
          (row) => [String(row.postingId)],
          (row) => ({
            id: `${row.kind}-${row.sourceId}`,
            kind: row.kind,
            paymentId: row.kind === "payment" ? String(row.sourceId) : null,
            claimId: row.kind === "claim" ? String(row.sourceId) : null,
            state: row.state,
            channelName: row.channelName,
            channelNameEn: row.channelNameEn ?? row.channel,
            receiptNo: row.receiptNo,
            amountFen: fenJson(row.amountFen),
            paidAt: row.paidAt.toISOString(),
            receiptId: row.receiptId === null ? null : String(row.receiptId),
          }),
        ),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/homes/{homeId}/receipts",
    permission: "me.write",
    tag,
    summary: "The receipt of a payment: the one that it has, or an electronic one from now on",
    params: homeParams,
    body: receiptBody,
    response: receiptIdOut,
    handle: async ({ platform, actor, params, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "household.receipt", actor, requestId },
        (context) =>
          "claimId" in body
            ? receiptOfClaimed(context, params.homeId, body.claimId)
            : receiptOf(context, params.homeId, body.paymentId),
      );
      return { body: { receiptId: String(result) } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/receipts/{id}/print",
    permission: "me.read",
    tag,
    summary: "A receipt of an own home as a page; each call counts as a print",
    params: receiptParams,
    query: printQuery,
    response: z.string(),
    produces: "text/html",
    handle: async ({ platform, actor, params, query, requestId }) => {
      const { result } = await platform.commands.run({ name: "receipt.print", actor, requestId }, (context) =>
        // The narrow paper is as wide as a telephone.
        printReceipt(context, params.id, "roll-80"),
      );
      return { body: renderPage(result, query.lang) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/homes/{homeId}/cases",
    permission: "me.read",
    tag,
    summary: "The cases of whoever lives in a home, and how they stand",
    params: homeParams,
    response: z.object({ items: z.array(caseOut) }),
    handle: async ({ platform, actor, params }) => {
      const { sql } = platform.database;
      const account = await accessHome(sql, actor, params.homeId);
      const { personId } = await findBehind(sql, { sessionId: sessionIdOf(actor), accountId: account.id });
      const day = dayOfInstant(platform.clock.now());
      const rows = await findCases(sql, { accountId: account.id, personId, day, limit: MOST_CASES });
      return { body: { items: rows.map(caseJson) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/homes/{homeId}/cases",
    permission: "me.write",
    tag,
    summary: "Report a fault, or ask something, about a home",
    params: homeParams,
    body: caseBody,
    response: caseOpenedOut,
    status: 201,
    idempotency: "required",
    handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "household.report", actor, requestId, ...(idempotency && { idempotency }) },
        (context) => report(context, params.homeId, body),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "post",
    path: "/me/homes/{homeId}/valve-request",
    permission: "me.write",
    tag,
    summary: "Ask for the valve to be opened; joins the order that a payment raised, or says why not",
    params: homeParams,
    response: valveOut,
    handle: async ({ platform, actor, params, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "household.valve-request", actor, requestId },
        async (context) => {
          const account = await accessHome(context.sql, actor, params.homeId);
          await lockCounters(context.sql, [`household-valve:${account.id}`]);
          const asked = await requestValveOpening(context, { accountId: account.id });
          const subject =
            asked.outcome === "refused" ? `account:${account.id}` : `work-order:${asked.workOrderId}`;
          context.audit({ subject, details: { asked: "household", outcome: asked.outcome } });
          return asked.outcome === "refused"
            ? { outcome: asked.outcome, orderNo: null, reason: asked.reason }
            : { outcome: asked.outcome, orderNo: asked.orderNo, reason: null };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/me/homes/{homeId}/consents",
    permission: "me.read",
    tag,
    summary: "What the person behind this telephone agreed to be told",
    params: homeParams,
    response: consentsOut,
    handle: async ({ platform, actor, params }) => ({
      body: await viewConsents(platform, actor, params.homeId),
    }),
  }),
  defineRoute({
    method: "put",
    path: "/me/homes/{homeId}/consents",
    permission: "me.write",
    tag,
    summary: "Agree to be told, or refuse; the last word counts",
    params: homeParams,
    body: consentBody,
    response: consentsOut,
    handle: async ({ platform, actor, params, body, requestId }) => {
      await platform.commands.run({ name: "person.record-consent", actor, requestId }, async (context) => {
        const account = await accessHome(context.sql, actor, params.homeId);
        const { personId } = await requireMember(context.sql, actor, account.id);
        if (personId === null) fail("person.not-found", "nobody is registered at this home");
        await recordConsent(context, { account, personId, ...body, source: "household-page" });
      });
      return { body: await viewConsents(platform, actor, params.homeId) };
    },
  }),
];
