/**
 * People's data stays where it belongs: a name, a phone, an identity number and an account number are sent through the
 * API, in their places and in wrong ones, and then looked for in every log line, refusal, event, job and audit row.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DelimitedProfile, loadProfile, writeDelimitedFile } from "#src/bank/channels/index.ts";
import { day } from "#src/kernel/day.ts";
import { EVENT_QUEUE, startRelay } from "#src/platform/outbox.ts";
import { isEventType } from "#src/platform/events.ts";
import { migrateQueues } from "#src/platform/queue-schema.ts";
import { openQueues } from "#src/platform/queues.ts";
import { until } from "#tests/support/until.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import type { Answer } from "./edge.ts";
import { NORTH_NO, NORTH_OWNER, NORTH_PHONE, type RightsTown, startRightsTown } from "./rights-town.ts";

/** An invented one; its check digit is wrong on purpose. */
const IDENTITY_NO = "410105198001010000";
const PAYER = "上官测试";
const PERSONAL: readonly string[] = [NORTH_OWNER, NORTH_PHONE, IDENTITY_NO, PAYER];

const named = (text: string, words: readonly string[]): string[] =>
  words.filter((word) => text.includes(word));

let town: RightsTown;
beforeAll(async () => {
  town = await startRightsTown();
  await town.db.owner.sql.run(
    "update channels set real_time = false, profile = 'zz-bank-gb18030' where code = 'bank-b'",
  );
});
afterAll(() => town.stop());

const bankFile = async (profile: DelimitedProfile, accountNo: string, amountMinor: bigint) => {
  const parts: Uint8Array[] = [];
  const row = {
    day: day("2026-11-09"),
    serial: `PD-${accountNo}`,
    accountNo,
    amountMinor,
    kind: "payment" as const,
    payerName: PAYER,
    remittance: `${NORTH_OWNER} ${NORTH_PHONE}`,
  };
  await writeDelimitedFile(profile, [row], (bytes) => void parts.push(bytes), { bankDay: day("2026-11-09") });
  return new Uint8Array(Buffer.concat(parts));
};

const payment = (more: Readonly<Record<string, unknown>>) => ({
  accountNo: NORTH_NO,
  amountFen: 100,
  channel: "bank-a",
  serial: "PD-1",
  paidAt: "2026-11-10T08:40:00+08:00",
  ...more,
});

/** Everything that people type in the wrong place; each is refused. */
const askWrongly = async (): Promise<Answer[]> => {
  const { send, caller } = town;
  const agent = caller("agent", "everywhere", "person");
  const bank = caller("bank-channel", "everywhere");
  const people = `/accounts/${NORTH_NO}/people`;
  const tenant = {
    role: "tenant",
    name: NORTH_OWNER,
    from: "2026-11-01",
    source: "counter",
    phones: [{ number: `${NORTH_PHONE}99` }],
  };
  await send(bank, "post", "/payments", { json: payment({}) });
  return [
    await send(null, "post", "/session", { json: { login: NORTH_PHONE, password: NORTH_OWNER } }),
    await send(agent, "get", `/accounts/${NORTH_PHONE}`),
    await send(agent, "get", `/accounts/${IDENTITY_NO}/bills`),
    await send(agent, "get", `/tasks?kind=x&owner=${NORTH_PHONE}`),
    await send(agent, "post", people, { json: tenant, ifMatch: 2 }),
    await send(agent, "post", people, { json: { ...tenant, identityNumber: IDENTITY_NO }, ifMatch: 2 }),
    await send(agent, "post", people, { json: { ...tenant, phones: [], from: NORTH_PHONE }, ifMatch: 2 }),
    await send(agent, "post", people, { raw: `{"name": "${NORTH_OWNER}", ` }),
    await send(bank, "post", "/payments", { json: payment({ accountNo: IDENTITY_NO, serial: "PD-2" }) }),
    await send(bank, "post", "/payments", { json: payment({ billNo: IDENTITY_NO, serial: "PD-3" }) }),
    await send(bank, "post", "/payments", { json: payment({ payerName: PAYER, serial: "PD-4" }) }),
    await send(bank, "post", "/payments", { json: payment({ amountFen: 101 }) }),
  ];
};

/** What is right, and carries people's data in its right places. */
const workRightly = async (): Promise<Answer[]> => {
  const { send, caller, northIds } = town;
  const finance = caller("finance", "everywhere", "person");
  const profile = await loadProfile("zz-bank-gb18030");
  if (profile.format !== "delimited") throw new Error("the invented profile is delimited");
  const upload = async (accountNo: string) =>
    send(finance, "post", `/bank-imports?channel=bank-b&fileName=${encodeURIComponent(`${PAYER}.txt`)}`, {
      raw: await bankFile(profile, accountNo, 300n),
    });
  // A number that is nobody's: held, agreed to by two, and posted when it comes again.
  const held = await upload(IDENTITY_NO.slice(0, 12));
  const { approvalId } = held.body["facts"] as { approvalId: string };
  const approver = caller("finance-approver", "everywhere");
  return [
    await send(approver, "post", `/approvals/${approvalId}/decision`, { json: { decision: "approved" } }),
    await send(finance, "get", `/accounts/${NORTH_NO}`),
    await send(finance, "post", "/receipts", { json: { paymentIds: [northIds.payments], payerName: PAYER } }),
    await send(finance, "get", `/receipts/${northIds.receipts}/print`),
    await send(finance, "get", `/bills/${northIds.bills}/print`),
    await upload(NORTH_NO),
    await upload(IDENTITY_NO.slice(0, 12)),
  ];
};

/** Rings every event, with nobody to take the jobs, and gives all that the queue holds. */
const queuedText = async (): Promise<string> => {
  const { db } = town;
  await migrateQueues(db.ownerUrl);
  const types = await db.owner.sql.rows<{ type: string }>("select distinct type from outbox_events");
  const queues = openQueues({ databaseUrl: db.appUrl, redisUrl: undefined, log: quietLog });
  const relay = startRelay(
    {
      database: db.database,
      queue: queues.queue(EVENT_QUEUE),
      heardTypes: types.map(({ type }) => type).filter((type) => isEventType(type)),
    },
    quietLog,
  );
  await until("every event is rung", async () => {
    const open = await db.owner.sql.one<{ count: bigint }>(
      "select count(*) from outbox_events where rung_at is null",
    );
    return open.count === 0n;
  });
  await relay.stop();
  await queues.close();
  const tables = await db.owner.sql.rows<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'bullmq'",
  );
  let text = "";
  for (const { name } of tables) {
    const rows = await db.owner.sql.rows<{ row: string }>(
      `select to_jsonb(t)::text as row from bullmq."${name}" t`,
    );
    text += rows.map(({ row }) => row).join("\n");
  }
  return text;
};

test("no log line, refusal, event, job or audit row names a person", async () => {
  const refused = await askWrongly();
  for (const [index, answer] of refused.entries()) {
    expect([index, answer.status >= 400 && answer.status < 500, answer.text]).toEqual([
      index,
      true,
      answer.text,
    ]);
    expect([index, named(answer.text, PERSONAL)]).toEqual([index, []]);
  }
  const done = await workRightly();
  expect(done.map(({ status, body }) => [status < 300, body["code"]])).toEqual(
    done.map(() => [true, undefined]),
  );
  // The paper goes to the household and names it; the test would find nothing anywhere if it were not there.
  expect(named(done.map(({ text }) => text).join(), [NORTH_OWNER])).toEqual([NORTH_OWNER]);

  const log = town.edge.logText();
  expect(log.split("\n").length).toBeGreaterThan(20);
  expect(named(log, [...PERSONAL, NORTH_NO])).toEqual([]);
  const { sql } = town.db.owner;
  const texts = await sql.one<{ events: string; audit: string }>(
    `select (select string_agg(to_jsonb(e)::text, ' ') from outbox_events e) as events,
       (select string_agg(to_jsonb(a)::text, ' ') from audit_events a) as audit`,
  );
  expect(named(texts.events, [...PERSONAL, NORTH_NO])).toEqual([]);
  expect(named(texts.audit, PERSONAL)).toEqual([]);
  const queued = await queuedText();
  expect(queued).toMatch(/ev-\d+-\d+/);
  expect(named(queued, [...PERSONAL, NORTH_NO])).toEqual([]);
});
