/** Looking at a bank's file over HTTP before it is imported: found, tried, agreed to by two, posted once; and the lists beside it. */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bankRoutes, resumeDrafts } from "#src/bank/reconciliation/index.ts";
import { approvalRoutes } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import {
  bankRow,
  buildBankTown,
  type BankTown,
  FILE_CHANNEL,
  LIVE_CHANNEL,
  writeBankFile,
} from "#tests/support/bank-town.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { until } from "#tests/support/until.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

const FINANCE = "token-of-finance";
const APPROVER = "token-of-the-approver";
/** One digit wrong, and no household's number. */
const slipped = (number: string): string => `9${number.slice(1)}`;

let town: BankTown;
let edge: Edge;
beforeAll(async () => {
  town = await buildBankTown();
  const callers = new Map<string, Actor>([
    [FINANCE, town.finance],
    [APPROVER, town.approver],
  ]);
  edge = await startEdge(town.platform, [...bankRoutes, ...approvalRoutes], {
    authenticate: async (credential) =>
      credential.kind === "session" ? null : (callers.get(credential.token) ?? null),
  });
});
afterAll(async () => {
  await edge.stop();
  await town.drop();
});

const get = (path: string): Promise<Answer> => ask(edge, `/api/v1${path}`, { token: FINANCE });
const post = (path: string, json?: unknown, token = FINANCE): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, { token, method: "POST", ...(json === undefined ? {} : { json }) });
const look = (bytes: Uint8Array<ArrayBuffer>, query = ""): Promise<Answer> =>
  ask(edge, `/api/v1/bank-drafts?channel=${FILE_CHANNEL}&fileName=day.txt${query}`, {
    token: FINANCE,
    raw: bytes,
    headers: {
      "content-type": "application/octet-stream",
      "x-file-name": encodeURIComponent("../对账 九月.txt"),
    },
  });
const count = async (table: "payments" | "bank_lines"): Promise<bigint> =>
  (await town.db.owner.sql.one<{ count: bigint }>(`select count(*) as count from ${table}`)).count;

test("a file is looked at, agreed to by a second person because a line is in doubt, and posted once by two clicks", async () => {
  const unknown = slipped(plantedAccountNo(3));
  const source = await writeBankFile(town, [bankRow("D1", 1), bankRow("D2", 2), bankRow("D3", unknown)]);
  const bytes = new Uint8Array(readFileSync(source));
  const before = await count("payments");
  const looked = await look(bytes);
  expect(looked.status).toBe(201);
  expect(looked.body).toMatchObject({
    state: "looked",
    encoding: "gb18030",
    looksLike: "gb18030",
    bankDay: "2026-11-10",
    stated: { count: 3, totalFen: 615_600 },
    computed: { count: 3, totalFen: 615_600 },
    tried: {
      counts: { posted: 2, suspense: 1 },
      // The line that needs a person, by its row; a home that pays twice.
      inDoubt: [{ serial: "D3", accountNo: unknown, payer: "张*", outcome: "suspense", rule: "unknown" }],
      twice: [],
    },
    needsTwo: true,
    entries: [{ serial: "D1", payer: "张*" }, {}, {}],
  });
  expect(looked.body["fileName"]).toBe("对账 九月.txt");
  const id = String(looked.body["id"]);
  expect((await look(bytes)).body["id"]).toBe(id);
  // For another day it is another draft: whoever chose the wrong day is not given the old one again.
  const otherDay = await look(bytes, "&forDay=2026-11-11");
  expect(otherDay.body).toMatchObject({ forDay: "2026-11-11" });
  expect(otherDay.body["id"]).not.toBe(id);
  expect((await get(`/bank-drafts/${id}`)).body["head"]).toHaveLength(2);
  expect(await count("payments")).toBe(before);

  const asked = await post(`/bank-drafts/${id}/confirmation`);
  expect(asked.body).toMatchObject({ state: "looked", approval: { state: "requested" } });
  const approvalId = (asked.body["approval"] as { id: string }).id;
  expect((await post(`/bank-drafts/${id}/confirmation`)).body).toMatchObject({
    approval: { id: approvalId },
  });
  expect(await count("payments")).toBe(before);
  await post(`/approvals/${approvalId}/decision`, { decision: "approved" }, APPROVER);
  await Promise.all([post(`/bank-drafts/${id}/confirmation`), post(`/bank-drafts/${id}/confirmation`)]);
  await resumeDrafts(town.platform);
  expect((await get(`/bank-drafts/${id}`)).body).toMatchObject({
    state: "imported",
    confirmedBy: "finance-one",
    import: { state: "posted", linesDone: 3, lineCount: 3, reconciled: true },
  });
  expect(await count("payments")).toBe(before + 2n);
  expect(await town.offenders()).toEqual([]);
});

test("a file with a line that cannot be read is kept with its row and why", async () => {
  const source = await writeBankFile(town, [bankRow("U1", 1), bankRow("U2", 2)]);
  const lines = new TextDecoder("gb18030").decode(readFileSync(source)).split("\r\n");
  const looked = await look(
    new Uint8Array(iconv.encode(lines.with(3, '=HYPERLINK("x")|1').join("\r\n"), "gb18030")),
  );
  expect([looked.status, looked.body]).toMatchObject([
    201,
    {
      state: "refused",
      refusal: { code: "line.unreadable", row: 4 },
      problems: [{ code: "line.unreadable", row: 4 }],
      entries: [{ serial: "U1" }, { problem: "line.unreadable" }],
    },
  ]);
  const workbook = await look(new Uint8Array(Buffer.from("504b0304140006000800", "hex")));
  expect(workbook.body).toMatchObject({ state: "refused", looksLike: "workbook" });
  expect((await get(`/bank-drafts/${String(workbook.body["id"])}`)).body["head"]).toEqual([]);
});

test("the second person of the import may certify, the importer may not", async () => {
  const refused = await post(`/bank-days/${FILE_CHANNEL}/2026-11-10/certificate`, undefined, FINANCE);
  expect(refused.status).toBe(403);
  const done = await post(`/bank-days/${FILE_CHANNEL}/2026-11-10/certificate`, undefined, APPROVER);
  expect(done.status).toBe(201);
});

test("money of nobody proposes the household whose number is a slip away and owes just this", async () => {
  const held = (await get("/suspense?state=open")).body["items"] as { id: string; waiting: unknown }[];
  const [item] = held;
  expect(item).toMatchObject({ accountText: slipped(plantedAccountNo(3)), serial: "D3", waiting: null });
  const near = await get(`/suspense/${item?.id}/candidates`);
  expect(near.body["proposed"]).toBe(plantedAccountNo(3));
  expect((near.body["items"] as unknown[])[0]).toMatchObject({
    score: 85,
    reasons: ["one-digit", "debt-equal"],
  });
  const claim = { accountNo: plantedAccountNo(3), reason: "the number has one digit wrong" };
  await post(`/suspense/${item?.id}/claim`, claim);
  expect(((await get("/suspense?state=open")).body["items"] as unknown[])[0]).toMatchObject({
    waiting: { state: "requested", accountNo: plantedAccountNo(3), request: { reason: claim.reason } },
  });
});

test("a file in another encoding and a cut one are kept with why, and give their lines back", async () => {
  const source = await writeBankFile(town, [bankRow("D4", 4), bankRow("D5", 5)]);
  const good = readFileSync(source);
  const utf8 = new Uint8Array(Buffer.from(new TextDecoder("gb18030").decode(good), "utf8"));
  const wrong = await look(utf8);
  expect(wrong.body).toMatchObject({ state: "refused", looksLike: "utf-8", tried: null, needsTwo: false });
  // Its first lines may be entries: who needs them takes the error file.
  expect((await get(`/bank-drafts/${String(wrong.body["id"])}`)).body["head"]).toEqual([]);
  expect((wrong.body["refusal"] as { code: string }).code).toMatch(/^file\.(encoding|header-unknown)$/);
  const cut = await look(new Uint8Array(good.subarray(0, good.length - 7)));
  expect(cut.body).toMatchObject({ state: "refused", refusal: { code: "file.truncated", row: 4 } });
  const file = await ask(edge, `/api/v1/bank-drafts/${String(cut.body["id"])}/error-file`, {
    token: FINANCE,
    method: "POST",
    json: { purpose: "to the bank for a new file" },
  });
  expect(file.text).toContain("file.truncated");
  expect(file.text).toContain("D5");
  // Sent from a file of its own, of which nothing is left.
  await until("the file is gone", async () => (await leftLists()).length === 0);
  const again = await post(`/bank-drafts/${String(cut.body["id"])}/confirmation`);
  expect(again.body).toMatchObject({ code: "draft.over" });
});

const leftLists = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith("nuanyang-list-"));

test("the board says what has come, what is late and what is certified", async () => {
  const board = await get("/bank-board?until=2026-11-10&days=2");
  const cells = board.body["cells"] as { channel: string; day: string }[];
  const cell = (channel: string, day: string) =>
    cells.find((one) => one.channel === channel && one.day === day);
  expect(cell(FILE_CHANNEL, "2026-11-10")).toMatchObject({
    state: "certified",
    files: 1,
    items: 3,
    fileFen: 615_600,
    certifiedBy: "finance-two",
    late: false,
  });
  expect(cell(LIVE_CHANNEL, "2026-11-10")).toMatchObject({ state: "none", late: true });
});

test("differences carry both sides, what may be decided and who owns them", async () => {
  const work = (await get("/bank-breaks?state=open")).body["items"] as unknown[];
  expect(work[0]).toMatchObject({
    class: "unknown-account",
    accountText: slipped(plantedAccountNo(3)),
    our: null,
    answers: [],
    heldFen: 205_200,
    waiting: { kind: "suspense-claim" },
  });
});
