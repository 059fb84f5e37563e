/**
 * The household on one page (住户全景): what each room knows of it, in one light read. What somebody has no right to is null and
 * not empty; bills with their explanations, payments and the stage of reminders have routes of their own. Reads only.
 */
import type { Day } from "#src/kernel/day.ts";
import { lastReceipts } from "#src/money/collection/index.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import { type Actor, can } from "#src/platform/actor.ts";
import { fenJson } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { formatOrderNo } from "#src/service/field/index.ts";
import { troubleOfBuilding } from "#src/service/incidents/index.ts";
import { testsOfBuilding } from "#src/service/pressure-tests/index.ts";
import { accessAccount, type Account } from "#src/town/accounts/index.ts";
import { findNotices } from "#src/service/hotline/index.ts";
import { findCalls, findCases, findVisits } from "./household-queries.ts";

const LAST = 8;

type Reader = { readonly sql: Sql; readonly actor: Actor; readonly now: Date; readonly today: Day };

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const debtOf = async (sql: Sql, accountId: bigint) => {
  const { receivableFen, offeredFen, prepaidFen } = await householdBalances(sql, accountId);
  return {
    receivableFen: fenJson(receivableFen),
    offeredFen: fenJson(offeredFen),
    prepaidFen: fenJson(prepaidFen),
  };
};

const casesOf = async (sql: Sql, accountId: bigint) =>
  (await findCases(sql, { accountId, limit: LAST })).map((row) => ({
    ...row,
    openedAt: row.openedAt.toISOString(),
    dueAt: iso(row.dueAt),
    closedAt: iso(row.closedAt),
  }));

const callsOf = async (sql: Sql, accountId: bigint) =>
  (await findCalls(sql, { accountId, limit: LAST })).map((row) => ({
    ...row,
    id: String(row.id),
    beganAt: row.beganAt.toISOString(),
  }));

const messagesOf = async (sql: Sql, accountId: bigint) =>
  (await findNotices(sql, { accountId, limit: LAST })).map((row) => ({
    ...row,
    id: String(row.id),
    queuedAt: row.queuedAt.toISOString(),
  }));

const visitsOf = async (sql: Sql, accountId: bigint) =>
  (await findVisits(sql, { accountId, limit: LAST })).map((row) => ({
    ...row,
    id: String(row.id),
    orderNo: formatOrderNo(row.id),
    slotFrom: iso(row.slotFrom),
    slotUntil: iso(row.slotUntil),
    finishedAt: iso(row.finishedAt),
    openedAt: row.openedAt.toISOString(),
  }));

const receiptsOf = async ({ sql, actor, today }: Reader, accountId: bigint) =>
  (await lastReceipts(sql, actor, today, { accountId, limit: LAST })).map((row) => ({
    id: String(row.receiptId),
    receiptNo: row.receiptNo,
    issuedAt: row.issuedAt.toISOString(),
  }));

/** What is wrong with its building now, and what is tested there today. */
const stationOf = async ({ sql, now, today }: Reader, account: Account) => {
  const trouble = await troubleOfBuilding(sql, account.buildingId, now);
  const tests = await testsOfBuilding(sql, account.buildingId, today);
  return {
    incident:
      trouble === null
        ? null
        : {
            incidentId: trouble.incidentId === null ? null : String(trouble.incidentId),
            script: trouble.script,
            scriptEn: trouble.scriptEn,
            expectedBackAt: iso(trouble.expectedBackAt),
          },
    tests: tests.map(({ testId, testNo, kind, state, window }) => ({
      testId: String(testId),
      testNo,
      kind,
      state,
      window,
    })),
  };
};

/** @throws DomainError `account.not-found` also for what lies outside the scope */
export const householdOverview = async (reader: Reader, accountNo: string) => {
  const { sql, actor, today } = reader;
  const account = await accessAccount(sql, actor, accountNo, today);
  const { id } = account;
  const [debt, cases, calls, messages, visits, receipts, station] = await Promise.all([
    can(actor, "bill.read") ? debtOf(sql, id) : null,
    can(actor, "ticket.read") ? casesOf(sql, id) : null,
    can(actor, "hotline.read") ? callsOf(sql, id) : null,
    can(actor, "message.read") ? messagesOf(sql, id) : null,
    can(actor, "field.read") ? visitsOf(sql, id) : null,
    can(actor, "payment.read") ? receiptsOf(reader, id) : null,
    can(actor, "incident.read") ? stationOf(reader, account) : null,
  ]);
  return { accountNo: account.accountNo, debt, cases, calls, messages, visits, receipts, station };
};
