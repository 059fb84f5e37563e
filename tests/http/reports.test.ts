/** Sheets, boards and lists over HTTP: who sees what, and what an export leaves behind. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { freezeSheets, sayFigure } from "#src/sheets/index.ts";
import { type Actor, systemActor } from "#src/platform/actor.ts";
import { day } from "#src/kernel/day.ts";
import { ask, type Edge, startEdge } from "#tests/http/edge.ts";
import { fetchWritten, writeExports } from "#tests/support/exports.ts";
import { BILL, type FieldTown, OTHER_AREA } from "#tests/support/field.ts";
import { answeredCall, placeCall } from "#tests/support/hotline.ts";
import { createMorningTown, DAY } from "#tests/support/morning-town.ts";
import { person } from "#tests/support/people.ts";

let town: FieldTown;
let edge: Edge;
const callers = new Map<string, Actor>();
beforeAll(async () => {
  town = await createMorningTown();
  await freezeSheets(town.platform, systemActor("test"), day(DAY));
  const whole = await person(town.db, "chief-one", ["supervisor"]);
  const fresh = { provedAt: town.db.clock.now() };
  callers.set("chief", { ...whole, ...fresh });
  callers.set("stale", { ...whole, provedAt: new Date("2026-11-01T00:00:00Z") });
  callers.set("bound", { ...whole, ...fresh, scope: { kind: "areas", areaIds: [OTHER_AREA] } });
  callers.set("agent", await person(town.db, "agent-one", ["agent"]));
  edge = await startEdge(town.platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "session"
        ? null
        : (callers.get(credential.token.replace("token-of-the-", "")) ?? null),
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const get = (token: string, path: string) => ask(edge, `/api/v1${path}`, { token: `token-of-the-${token}` });
const post = (token: string, path: string, json: unknown) =>
  ask(edge, `/api/v1${path}`, { token: `token-of-the-${token}`, json });

test("a sheet is the frozen one for the whole company, and counted for whoever is bound to areas", async () => {
  const whole = await get("chief", `/morning-sheets/${DAY}/collection`);
  expect(whole.body).toMatchObject({ day: DAY, ofOwnAreas: false, title: { "zh-CN": "收费日报" } });
  expect(whole.body["frozenAt"]).not.toBeNull();
  const bound = await get("bound", `/morning-sheets/${DAY}/collection`);
  expect(bound.body).toMatchObject({ frozenAt: null, ofOwnAreas: true });
  expect(JSON.stringify(bound.body)).toContain(`"value":${BILL}`);
  expect(await get("bound", `/morning-sheets/${DAY}/money`)).toMatchObject({
    status: 403,
    body: { code: "report.whole-company" },
  });
  expect((await get("bound", "/report-lists/payments")).status).toBe(403);
  expect((await get("agent", `/morning-sheets/${DAY}/collection`)).status).toBe(403);
  expect(await get("chief", "/morning-sheets/2026-12-01/supply")).toMatchObject({
    status: 422,
    body: { code: "sheet.ahead" },
  });
});

test("a list ends at the reader's areas, in pages, and callers are masked", async () => {
  const query = `from=${DAY}&to=${DAY}`;
  const all = await get("chief", `/report-lists/received?${query}&part=season&limit=2`);
  expect(all.body["items"]).toHaveLength(2);
  const next = await get(
    "chief",
    `/report-lists/received?${query}&part=season&limit=200&cursor=${String(all.body["nextCursor"])}`,
  );
  // Homes 1, 3 and 51, and home 2 with its reversal: five rows.
  expect(next.body["items"]).toHaveLength(3);
  const bound = await get("bound", `/report-lists/received?${query}&part=season`);
  expect(bound.body["items"]).toMatchObject([{ cells: { accountNo: "100000051", fen: Number(BILL) } }]);
  // In English too: its name, or the code where nobody has given it one.
  const cells = (await get("chief", `/report-lists/received?${query}&part=cash`)).body["items"] as {
    cells: Record<string, unknown>;
  }[];
  expect(
    new Set(cells.map(({ cells: one }) => `${String(one["channel"])} ${String(one["channelEn"])}`)),
  ).toEqual(new Set(["A 银行 Bank A"]));
  for (const list of ["payments", "fileLines", "credits", "differences", "suspense", "doubtful"])
    expect((await get("chief", `/report-lists/${list}?${query}`)).status).toBe(200);
  const calls = await get("chief", `/report-lists/calls?${query}`);
  expect(calls.text).not.toMatch(/1390000\d{4}/);
  expect(calls.text).toContain("****");
  expect((await get("chief", "/report-lists/nothing")).body["code"]).toBe("report.list-unknown");
  expect((await get("chief", `/report-lists/calls?part=x`)).body["code"]).toBe("report.part-unknown");
});

test("an export asks what for and who sits there, carries both, disarms formulas, and is audited", async () => {
  await town.db.owner.sql.run("update premises set address = '=HYPERLINK(1)' where id = 1");
  const path = "/report-lists/bills/export";
  const wanted = { from: DAY, to: DAY, part: "paid" };
  expect((await post("chief", path, wanted)).status).toBe(400);
  expect((await post("stale", path, { ...wanted, purpose: "周例会材料" })).body["code"]).toBe(
    "session.step-up-needed",
  );
  const take = async (more: object) => {
    const asked = await post("chief", path, { ...wanted, purpose: "周例会材料", ...more });
    return fetchWritten(town.platform, asked, (file) => get("chief", file));
  };
  const table = await take({});
  const [mark = "", head = "", ...rows] = table.text.trim().split("\r\n");
  expect(mark).toContain("用途 purpose: 周例会材料");
  expect(mark).toContain("by: chief-one");
  expect(head).toContain("户号 Account");
  expect(rows).toHaveLength(4);
  expect(table.text).toContain("'=HYPERLINK(1)");
  expect(rows[0]).toContain("2052.00");
  const sheet = await take({ format: "xlsx" });
  expect(sheet.text.startsWith("PK")).toBe(true);
  const audited = await town.rows(
    `select command, details ->> 'purpose' as purpose, (details ->> 'rows')::int as rows from audit_events
     where command in ('report.export', 'export.write', 'export.fetch') order by id`,
  );
  const once = [
    { command: "report.export", purpose: "周例会材料", rows: null },
    { command: "export.write", purpose: null, rows: 4 },
    { command: "export.fetch", purpose: "周例会材料", rows: 4 },
  ];
  expect(audited).toEqual([...once, ...once]);
});

test("one's exports are a list of one's own, with how far each is; a bound login does not get what a free one asked for", async () => {
  const wanted = { from: DAY, to: DAY, part: "paid", purpose: "局里检查" };
  const key = { "idempotency-key": "the-same-press" };
  const press = () =>
    ask(edge, "/api/v1/report-lists/bills/export", {
      token: "token-of-the-chief",
      json: wanted,
      headers: key,
    });
  const [first, again] = [await press(), await press()];
  const id = String(first.body["id"]);
  expect([first.status, again.body["id"]]).toEqual([202, id]);
  expect(first.body).toMatchObject({
    state: "waiting",
    kind: "report-list",
    fileName: `bills-${DAY}.csv`,
    purpose: "局里检查",
    rows: 0,
    asOf: null,
    mayFetch: true,
  });
  expect((await get("chief", `/exports/${id}/file`)).body["code"]).toBe("export.not-ready");
  await writeExports(town.platform);
  const listed = await get("chief", "/exports?limit=1");
  expect(listed.body["items"]).toMatchObject([
    { id, state: "ready", rows: 4, bytes: expect.any(Number), until: expect.any(String), fetched: 0 },
  ]);
  expect(listed.body["nextCursor"]).not.toBeNull();
  expect((await get("stale", `/exports/${id}/file`)).body["code"]).toBe("session.step-up-needed");
  // The same person, whose scope was narrowed since.
  expect((await get("bound", `/exports/${id}`)).body).toMatchObject({ state: "ready", mayFetch: false });
  const refused = await get("bound", `/exports/${id}/file`);
  expect([refused.status, refused.body["code"]]).toEqual([403, "export.rights-changed"]);
  const other = await get("agent", `/exports/${id}/file`);
  expect([other.status, other.body["code"]]).toEqual([404, "export.not-found"]);
  expect((await get("chief", `/exports/${id}/file`)).status).toBe(200);
  expect((await post("chief", `/exports/${id}/cancel`, {})).body).toMatchObject({
    state: "cancelled",
    fetched: 1,
  });
  expect((await get("chief", `/exports/${id}/file`)).body["code"]).toBe("export.not-ready");
});

test("boards say when they were counted; a ledger never says 100 while one is open", async () => {
  const query = `from=2026-11-01&to=${DAY}`;
  const closures = await get("chief", `/boards/closures?${query}`);
  expect(closures.body).toMatchObject({ from: "2026-11-01", to: DAY, asOf: expect.any(String) });
  expect(JSON.stringify(closures.body)).toContain(`"code":"reportedClosed","kind":"share","value":1,"of":3`);
  const service = await get("chief", `/boards/service?from=${DAY}&to=${DAY}`);
  // A was called back after an hour, B after more than three.
  expect(JSON.stringify(service.body)).toMatch(/"code":"callBackMinutes","kind":"minutes","value":60/);
  for (const by of ["area", "branch", "manager", "channel"]) {
    expect((await get("bound", `/boards/collection?${query}&by=${by}`)).status).toBe(200);
  }
  expect(sayFigure("share", 1786, 1787, "zh-CN")).toBe("99.94% (1786/1787)");
  expect(sayFigure("share", 1787, 1787, "zh-CN")).toBe("100.00% (1787/1787)");
  // Durations have their unit in the reader's language.
  expect([sayFigure("minutes", 1265, null, "zh-CN"), sayFigure("hours", 1200, null, "zh-CN")]).toEqual([
    "1,265 分钟",
    "1,200 小时",
  ]);
  expect([sayFigure("minutes", 65, null, "en"), sayFigure("hours", 120, null, "en")]).toEqual([
    "65 min",
    "120 h",
  ]);
});

test("the page of a day is printed, and its receivers are kept by whoever may", async () => {
  expect((await get("chief", `/morning-sheets/${DAY}/print`)).text).toContain("供热阀门日报");
  expect((await get("bound", `/morning-sheets/${DAY}/print`)).status).toBe(403);
  expect((await get("chief", "/morning-sheets/2026-11-01/print")).body["code"]).toBe("sheet.not-frozen");
  const added = await post("chief", "/sheet-receivers", { name: "王总", mail: "wang@example.com" });
  expect(added.status).toBe(201);
  expect((await post("chief", `/morning-sheets/${DAY}/mailings`, {})).body).toEqual({ queued: 1 });
  expect((await get("chief", `/morning-sheets/${DAY}/mailings`)).body["items"]).toMatchObject([
    { name: "王总", state: "queued" },
  ]);
  await post("chief", `/sheet-receivers/${String(added.body["id"])}/end`, {});
  expect((await get("chief", "/sheet-receivers")).body["items"]).toEqual([]);
});

/** 5 November: what came of each call, the clocks of three cases that ran out, and what two of three people said of theirs. */
const BEFORE = "2026-11-05";
const plantServiceDay = async (): Promise<void> => {
  const at = (time: string, on = BEFORE): Date => new Date(`${on}T${time}:00+08:00`);
  const { sql } = town.db.owner;
  for (const [number, began, wrapUp] of [
    ["13911100001", at("09:00"), "answered-no-case"],
    // Calls again in the afternoon, and the next one four days later: nothing was settled by the first talk.
    ["13911100002", at("09:10"), "answered-no-case"],
    ["13911100002", at("15:00"), "case"],
    ["13911100003", at("09:20"), "answered-no-case"],
    ["13911100003", at("09:20", "2026-11-09"), "answered-no-case"],
    ["13911100004", at("09:30"), "joined-incident"],
    // Not of these: a wrong number, and a talk that nobody has written down.
    ["13911100005", at("09:40"), "wrong-number"],
    ["13911100006", at("09:50"), null],
  ] as const) {
    const callId = await placeCall(town.platform, began, answeredCall(number));
    await sql.run("update calls set wrap_up = :wrapUp where provider_call_id = :callId", { wrapUp, callId });
  }
  const [kept, late, open] = [
    await town.ticket({ category: "heat.not-hot", accountId: 21n }),
    await town.ticket({ category: "heat.not-hot", accountId: 22n }),
    await town.ticket({ category: "heat.not-hot", accountId: 23n }),
  ];
  await sql.run("delete from ticket_clocks where ticket_id = any(:all::bigint[])", {
    all: [kept, late, open],
  });
  for (const [ticketId, kind, due, state, met] of [
    [kept, "first-response", at("10:00"), "stopped", true],
    [kept, "solution", at("18:00"), "stopped", true],
    [late, "first-response", at("10:00"), "stopped", true],
    [late, "solution", at("18:00"), "stopped", false],
    [open, "first-response", at("10:00"), "running", null],
    [open, "solution", at("18:00"), "cancelled", null],
    // Runs out on another day.
    [open, "on-site", at("18:00", "2026-11-06"), "running", null],
  ] as const) {
    await sql.run(
      `insert into ticket_clocks (ticket_id, kind, state, given, started_at, due_at, warn_at, stopped_at, met)
       values (:ticketId, :kind, :state, true, :due, :due, :due, case when :state = 'stopped' then :due::timestamptz end, :met)`,
      { ticketId, kind, due, state, met },
    );
  }
  for (const [ticketId, closingNo, asked, satisfaction] of [
    [kept, 1, at("16:00"), 5],
    [late, 1, at("16:10"), 3],
    // Answered without a rating, and rated on another day.
    [open, 1, at("16:20"), null],
    [open, 2, at("16:00", "2026-11-06"), 5],
  ] as const) {
    await sql.run(
      `insert into return_visits (ticket_id, closing_no, state, due_at, asked_at, solved, satisfaction)
       values (:ticketId, :closingNo, 'answered', :asked, :asked, true, :satisfaction)`,
      { ticketId, closingNo, asked, satisfaction },
    );
  }
};

test("the service board counts what was settled by the first talk, which clocks were kept, and ratings of those who gave one", async () => {
  await plantServiceDay();
  const query = `from=${BEFORE}&to=${BEFORE}`;
  const { figures, grids } = (await get("chief", `/boards/service?${query}`)).body["report"] as {
    figures: readonly Record<string, unknown>[];
    grids: readonly {
      code: string;
      columns: { code: string }[];
      rows: { label: string; cells: unknown[] }[];
    }[];
  };
  const figureOf = (code: string) => figures.find((one) => one["code"] === code);
  expect(figureOf("firstContact")).toMatchObject({ kind: "share", value: 1, of: 5 });
  expect(figureOf("satisfaction")).toMatchObject({ kind: "share", value: 1, of: 2 });
  const clocks = grids.find(({ code }) => code === "clocks");
  expect(clocks?.columns.map(({ code }) => code)).toEqual(["due", "kept", "broken", "keptRate"]);
  const counts = (...values: number[]) => values.map((value) => ({ value, of: null }));
  expect(clocks?.rows.map(({ label, cells }) => [label, cells])).toEqual([
    ["first-response", [...counts(3, 2, 1), { value: 2, of: 3 }]],
    ["solution", [...counts(2, 1, 1), { value: 1, of: 2 }]],
  ]);
  const rowsOf = async (list: string, part: string) =>
    (await get("chief", `/report-lists/${list}?${query}&part=${part}&limit=200`)).body["items"];
  expect(await rowsOf("contacts", "counted")).toHaveLength(5);
  expect(await rowsOf("contacts", "met")).toMatchObject([{ cells: { wrapUp: "answered-no-case" } }]);
  expect(await rowsOf("clocks", "missed")).toHaveLength(2);
});
