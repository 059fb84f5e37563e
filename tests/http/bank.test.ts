/** The bank day over HTTP: the file as the body, progress, lines, the bridge, a decision by two people, the certificate. */
import { readFileSync, truncateSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bankRoutes } from "#src/bank/reconciliation/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import {
  bankRow,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  importFile,
  LIVE_CHANNEL,
  postLive,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { writeStatement } from "#tests/support/statement-file.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

const FINANCE = "token-of-finance";
const APPROVER = "token-of-the-approver";

let town: BankTown;
let edge: Edge;
beforeAll(async () => {
  town = await buildBankTown();
  const callers = new Map<string, Actor>([
    [FINANCE, town.finance],
    [APPROVER, town.approver],
  ]);
  edge = await startEdge(town.platform, bankRoutes, {
    authenticate: async (credential) =>
      credential.kind === "session" ? null : (callers.get(credential.token) ?? null),
  });
});
afterAll(async () => {
  await edge.stop();
  await town.drop();
});

const get = (path: string): Promise<Answer> => ask(edge, `/api/v1${path}`, { token: FINANCE });
const upload = (source: string, query = ""): Promise<Answer> =>
  ask(edge, `/api/v1/bank-imports?channel=${FILE_CHANNEL}&fileName=day.txt${query}`, {
    token: FINANCE,
    raw: new Uint8Array(readFileSync(source)),
    headers: { "content-type": "application/octet-stream" },
  });

test("a file with a line in doubt is uploaded, held for a second person, and posted when it comes again", async () => {
  const source = await writeBankFile(town, [
    bankRow("W1", 1),
    bankRow("W2", 2),
    bankRow("W3", "700000001", { payerName: "无名氏" }),
  ]);
  const tried = await upload(source, "&dryRun=true");
  expect([tried.status, tried.body["counts"]]).toEqual([200, { posted: 2, suspense: 1 }]);
  const held = await upload(source);
  expect([held.status, held.body]).toMatchObject([
    409,
    { code: "file.held", facts: { inDoubt: 1, counts: { posted: 2, suspense: 1 } } },
  ]);
  const { draftId, approvalId } = held.body["facts"] as { draftId: string; approvalId: string };
  expect((await get(`/bank-drafts/${draftId}`)).body).toMatchObject({
    state: "looked",
    keptBy: "finance-one",
  });
  await town.approve(BigInt(approvalId));
  const done = await upload(source);
  expect(done.status).toBe(201);
  expect(done.body).toMatchObject({
    state: "posted",
    lineCount: 3,
    totalFen: 615_600,
    bankDay: "2026-11-10",
  });
  const id = String(done.body["importFileId"]);
  expect((await get(`/bank-imports/${id}`)).body).toMatchObject({
    linesDone: 3,
    counts: { posted: 2, suspense: 1 },
  });
  const first = await get(`/bank-imports/${id}/lines?limit=2`);
  expect(first.body["items"]).toHaveLength(2);
  const rest = await get(`/bank-imports/${id}/lines?limit=2&cursor=${String(first.body["nextCursor"])}`);
  expect(rest.body).toMatchObject({
    items: [{ serial: "W3", state: "suspense", rule: "unknown" }],
    nextCursor: null,
  });
  const again = await upload(source);
  expect(again.status).toBe(409);
  expect(again.body).toMatchObject({ code: "file.already-imported", facts: { importFileId: id } });
});

test("a truncated upload is a problem that says row and remedy, and its import says the same", async () => {
  const source = await writeBankFile(town, [bankRow("W4", 3)]);
  truncateSync(source, readFileSync(source).length - 3);
  const refused = await upload(source);
  expect(refused.body).toMatchObject({ code: "file.truncated", row: 3 });
  const { importFileId } = refused.body["facts"] as { importFileId: string };
  expect((await get(`/bank-imports/${importFileId}`)).body).toMatchObject({
    state: "refused",
    refusal: { code: "file.truncated" },
  });
});

test("an upload of nothing, of an unknown channel or by somebody else is refused", async () => {
  const empty = await ask(edge, `/api/v1/bank-imports?channel=${FILE_CHANNEL}&fileName=x`, {
    method: "POST",
    token: FINANCE,
    headers: { "content-type": "application/octet-stream" },
  });
  expect(empty.body["code"]).toBe("file.empty");
  const nowhere = await ask(edge, "/api/v1/bank-imports?channel=nowhere&fileName=x", {
    token: FINANCE,
    raw: "x",
  });
  expect([nowhere.status, nowhere.body["code"]]).toEqual([404, "channel.unknown"]);
  const other = await ask(edge, `/api/v1/bank-imports?channel=${FILE_CHANNEL}&fileName=x`, {
    token: APPROVER,
    raw: "x",
  });
  expect(other.status).toBe(403);
});

test("money of nobody is claimed by two people; the day shows it and is certified byte for byte", async () => {
  const items = (await get("/suspense?state=open")).body["items"] as { id: string }[];
  const claim = (json: Readonly<Record<string, unknown>>) =>
    ask(edge, `/api/v1/suspense/${items[0]?.id ?? ""}/claim`, { token: FINANCE, json });
  const order = { accountNo: plantedAccountNo(5), reason: "slip shown" };
  const asked = await claim(order);
  expect(asked.body).toMatchObject({ state: "asked", resolution: null });
  const approvalId = String(asked.body["approvalId"]);
  await town.approve(BigInt(approvalId));
  // Whoever carries it out reads to whom, why, and who has agreed.
  const [agreed] = (await get("/suspense?state=open")).body["items"] as Record<string, unknown>[];
  expect(agreed).toMatchObject({
    payer: "无**",
    waiting: {
      state: "approved",
      accountNo: order.accountNo,
      address: expect.stringMatching(/./),
      request: { reason: "slip shown" },
      askedBy: town.finance.name,
      decidedBy: town.approver.name,
    },
  });
  expect((await claim({ ...order, approvalId })).body).toMatchObject({
    state: "done",
    resolution: "claimed",
  });

  const day = `/bank-days/${FILE_CHANNEL}/2026-11-10`;
  expect((await get(day)).body).toMatchObject({
    closes: true,
    ours: { items: 2, fen: 410_400 },
    differences: { unknownAccount: { items: 1, fen: 205_200 } },
    file: { items: 3, fen: 615_600 },
    breaks: [{ class: "unknown-account", state: "resolved", resolution: "claimed" }],
  });
  const credit = { reference: "slip", amountFen: 615_000, feeFen: 600, valueDate: "2026-11-11" };
  expect((await ask(edge, `/api/v1${day}/credits`, { token: FINANCE, json: credit })).status).toBe(201);
  const issued = await ask(edge, `/api/v1${day}/certificate`, { method: "POST", token: APPROVER });
  expect(issued.status).toBe(201);
  expect((await get(`${day}/certificate`)).text).toBe(issued.body["body"]);
  expect((await get("/bank-days")).body).toMatchObject({
    items: [{ channel: FILE_CHANNEL, day: "2026-11-10", state: "certified", openBreaks: 0, certified: true }],
  });
  expect(await town.offenders()).toEqual([]);
});

test("a held credit is settled by two people, its difference named", async () => {
  await postLive(town, [{ serial: "W9", household: 20, paidAt: "2026-11-10T12:00:00+08:00" }]);
  await importFile(town, await writeBankFile(town, [bankRow("W9", 20)]), { channel: LIVE_CHANNEL });
  const entries = [{ amount: "2050.00", text: "A BANK DAY 20261110" }];
  const balances = ["0.00", "2050.00"] as const;
  const statement = writeStatement(town.folder, [{ id: "W", day: "2026-11-11", balances, entries }]);
  await importFile(town, statement, { channel: LIVE_CHANNEL, profile: "camt053" });
  const [item] = (await get("/suspense?state=open")).body["items"] as { id: string }[];
  const path = `/api/v1/suspense/${item?.id ?? ""}/settlement`;
  const order = { channel: LIVE_CHANNEL, day: "2026-11-10", difference: "fee", reason: "advice 3" };
  const send = (json: unknown, token = FINANCE) => ask(edge, path, { token, json });
  expect((await send({ ...order, difference: "gift" })).status).toBe(400);
  expect((await send(order, APPROVER)).status).toBe(403);
  const wrong = await send({ ...order, difference: "bank-overpaid" });
  expect([wrong.status, wrong.body["code"]]).toEqual([422, "credit.wrong-difference"]);
  const approvalId = String((await send(order)).body["approvalId"]);
  await town.approve(BigInt(approvalId));
  const settled = await send({ ...order, approvalId });
  expect(settled.body).toMatchObject({ state: "done", resolution: "settled" });
  expect((await get("/suspense?state=settled")).body).toMatchObject({
    items: [{ id: item?.id, amountFen: 205_000, state: "settled" }],
  });
  expect(await town.offenders()).toEqual([]);
});
