/** The hotline over real HTTP: from the exchange's signed event to the screen of the agent, and what the agent does with it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { day } from "#src/kernel/day.ts";
import { authenticateSession, authenticateToken, logIn, watchCredentials } from "#src/office/staff/index.ts";
import type { StaffRole } from "#src/office/staff/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { signWebhook, webhookSignature } from "#src/platform/webhook-signature.ts";
import { setOtherCompany } from "#src/service/tickets/index.ts";
import { accessAccount, placeHold } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { openEventStream } from "#tests/support/event-stream.ts";
import { fetchWritten } from "#tests/support/exports.ts";
import { abandonedCall, answeredCall, eventsOf, type Told } from "#tests/support/hotline.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { addTestOwner, buildSmallTown, openTestAccount, type SmallTown } from "#tests/support/small-town.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

const SECRET = "the-exchange-and-we-share-this-key-of-ours";
const OWNER_NUMBER = "13812345678";
const SHARED_NUMBER = "13987654321";

let db: TestDatabase;
let platform: Platform;
let edge: Edge;
let town: SmallTown;
type Caller = { readonly headers: Readonly<Record<string, string>>; readonly id: bigint };
let agent: Caller;
let colleague: Caller;
let supervisor: Caller;

const enter = async (login: string, roles: readonly StaffRole[], areaIds?: bigint[]): Promise<Caller> => {
  const actor = await person(db, login, roles, areaIds === undefined ? {} : { areaIds });
  const { reference } = await logIn(platform, { login, password: `${login}-password` });
  const headers = { cookie: `nuan=${reference}`, "x-nuan": "1", "sec-fetch-site": "same-origin" };
  return { headers, id: actor.id ?? 0n };
};

const send = (
  caller: Caller,
  path: string,
  json?: unknown,
  more: Record<string, string> = {},
): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    headers: { ...caller.headers, ...more },
    ...(json === undefined ? {} : { json }),
  });

const tell = (body: unknown, headers?: Record<string, string>): Promise<Answer> => {
  const raw = JSON.stringify(body);
  return ask(edge, "/api/v1/hooks/cti", {
    raw,
    headers: { "content-type": "application/json", ...(headers ?? signWebhook(SECRET, raw, db.clock.now())) },
  });
};

let calls = 0;
/** Tells the first events of a call; answers its id with us. */
const ring = async (told: readonly Told[], upTo = told.length): Promise<string> => {
  calls += 1;
  const events = eventsOf(`ring-${calls}`, db.clock.now(), told).slice(0, upTo);
  const answer = await tell({ events });
  expect(answer.status).toBe(200);
  const { id } = await db.database.sql.one<{ id: bigint }>(
    `select id from calls where provider_call_id = :callId`,
    { callId: `ring-${calls}` },
  );
  return String(id);
};

beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T10:00:00+08:00");
  platform = { ...platformOf(db), webhookSecrets: { cti: SECRET } };
  town = await buildSmallTown(db);
  for (const accountNo of ["100000001", "100000002", "100000003"]) await openTestAccount(db, town, accountNo);
  await addTestOwner(db, "100000001", [OWNER_NUMBER, SHARED_NUMBER]);
  await addTestOwner(db, "100000002", [SHARED_NUMBER]);
  await db.commands.run({ name: "test.hold", actor: db.actor }, async (context) =>
    placeHold(context, {
      account: await accessAccount(context.sql, db.actor, "100000001", context.today),
      kind: "care",
      reason: "an old couple",
      startsOn: day("2026-11-01"),
      endsOn: null,
    }),
  );
  agent = await enter("agent.one", ["agent"]);
  colleague = await enter("agent.two", ["agent"]);
  supervisor = await enter("supervisor", ["supervisor"]);
  edge = await startEdge(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token"
        ? authenticateToken(platform, credential.token)
        : authenticateSession(platform, credential.reference),
    watch: (credentials) => watchCredentials(platform, credentials),
    // Looking by itself is put off for an hour: what is heard, the bell has told at once.
    live: { pollMs: 3_600_000 },
  });
  await send(agent, "/hotline/session", { extension: "8001" });
  await send(colleague, "/hotline/session", { extension: "8002" });
});

afterAll(async () => {
  await edge.stop();
  await db.drop();
});

test("a call that is answered rings its agent's screen at once, and nobody else's", async () => {
  const mine = await openEventStream(`${edge.url}/api/v1/live?topics=hotline.pop`, agent.headers);
  const other = await openEventStream(`${edge.url}/api/v1/live?topics=hotline.pop`, colleague.headers);
  await mine.until("hello", () => mine.messages.length > 0);
  await other.until("hello", () => other.messages.length > 0);
  const id = await ring(answeredCall(OWNER_NUMBER), 3);
  await mine.until("the pop", () => mine.subjects().length > 0);
  expect(mine.subjects()).toEqual([`call:${id}`]);
  const pop = await send(agent, `/hotline/calls/${id}/pop`);
  expect(pop.status).toBe(200);
  expect(pop.body["household"]).toMatchObject({
    accountNo: "100000001",
    care: true,
    debt: { receivableFen: 0 },
    openTickets: [],
    incident: null,
  });
  expect(pop.text).not.toContain("慕容北辰");
  expect(pop.text).not.toContain(OWNER_NUMBER);
  expect(other.subjects()).toEqual([]);
  const call = await send(agent, `/hotline/calls/${id}`);
  expect(call.body["number"]).toBe(`+86${OWNER_NUMBER}`);
  expect((await send(colleague, `/hotline/calls/${id}`)).body["number"]).toBe("138****5678");
  const session = await send(agent, "/hotline/session");
  expect(session.body["session"]).toMatchObject({ extension: "8001", liveCallId: id });
  // When it is over, the number is masked for its agent as well, and one key writes it down.
  await tell(eventsOf(`ring-${calls}`, db.clock.now(), answeredCall(OWNER_NUMBER))[3]);
  expect((await send(agent, `/hotline/calls/${id}`)).body["number"]).toBe("138****5678");
  const over = (await send(agent, "/hotline/session")).body;
  expect(over).toMatchObject({ session: { state: "wrap-up" }, calls: [{ id }] });
  expect((await send(agent, `/hotline/calls/${id}/wrap-up`, { code: "answered-no-case" })).status).toBe(200);
  expect((await send(agent, "/hotline/session")).body["session"]).toMatchObject({ state: "available" });
  await mine.close();
  await other.close();
});

test("a shared number gives a chooser, an unknown one is bound to an address", async () => {
  const shared = await send(agent, "/hotline/pop", { number: SHARED_NUMBER });
  expect(shared.body["household"]).toBeNull();
  expect(shared.body["households"]).toMatchObject([{ accountNo: "100000001" }, { accountNo: "100000002" }]);
  const chosen = await send(agent, "/hotline/pop", { number: SHARED_NUMBER, accountNo: "100000002" });
  expect(chosen.body["household"]).toMatchObject({ accountNo: "100000002", care: false });
  const id = await ring(answeredCall("13700000009"), 3);
  const unknown = await send(agent, `/hotline/calls/${id}/pop`);
  expect(unknown.body).toMatchObject({ households: [], household: null });
  const bound = await send(agent, `/hotline/calls/${id}/bind`, {
    buildingId: String(town.buildingId),
    addressText: "书香苑 1号楼",
  });
  expect(bound.body).toMatchObject({ accountNo: null, buildingId: String(town.buildingId) });
  const { id: orderId } = await db.owner.sql.one<{ id: bigint }>(
    `insert into work_orders (kind, source_key, account_id, address, opened_at)
     select 'repair', 'test:1', id, 'x', now() from heat_accounts where account_no = '100000003' returning id`,
  );
  const toAccount = await send(agent, `/hotline/calls/${id}/bind`, { accountNo: "100000003" });
  expect(toAccount.body).toMatchObject({ accountNo: "100000003" });
  const pop = await send(agent, `/hotline/calls/${id}/pop`);
  expect(pop.body["household"]).toMatchObject({
    accountNo: "100000003",
    papers: [{ kind: "work-order", print: `/work-orders/${orderId}/print` }],
  });
  expect((await send(supervisor, `/work-orders/${orderId}/print`)).status).toBe(200);
});

test("from call to case in one step, once", async () => {
  const id = await ring(answeredCall(OWNER_NUMBER));
  const wanted = { category: "heat.not-hot", summary: "三个房间都不热", fields: undefined };
  const first = await send(agent, `/hotline/calls/${id}/ticket`, wanted);
  expect([first.status, first.body["opened"]]).toEqual([201, true]);
  const second = await send(agent, `/hotline/calls/${id}/ticket`, wanted);
  expect(second.body).toEqual({ ticketNo: first.body["ticketNo"], opened: false, notTaken: [] });
  const other = { category: "fault.leak", summary: "厨房漏水", accountNo: "100000001", callerName: "王" };
  const third = await send(agent, `/hotline/calls/${id}/ticket`, other);
  expect(third.body).toMatchObject({ opened: false, notTaken: ["category", "summary", "callerName"] });
  expect(third.body["remedy"]).toContain(`PATCH /api/v1/tickets/${String(first.body["ticketNo"])}`);
  const call = await send(agent, `/hotline/calls/${id}`);
  expect(call.body).toMatchObject({ wrapUp: "case", accountNo: "100000001" });
  const found = await send(agent, "/hotline/calls/search", { ticketNo: first.body["ticketNo"] });
  expect(found.body["items"]).toMatchObject([{ id }]);
  const pop = await send(agent, "/hotline/pop", { number: OWNER_NUMBER });
  expect(pop.body["household"]).toMatchObject({ openTickets: [{ ticketNo: first.body["ticketNo"] }] });
});

test("another company's customer is told, and is no case", async () => {
  const { result: companyId } = await db.commands.run({ name: "test.company", actor: db.actor }, (context) =>
    setOtherCompany(context, { name: "东区热力", phone: "0371-66666666", communities: ["远方花园"] }),
  );
  const id = await ring(answeredCall("13700000010"));
  const without = await send(agent, `/hotline/calls/${id}/wrap-up`, { code: "other-company" });
  expect(without.body["code"]).toBe("call.no-company");
  const told = await send(agent, `/hotline/calls/${id}/wrap-up`, {
    code: "other-company",
    companyId: String(companyId),
  });
  expect(told.status).toBe(200);
  const noIncident = await send(agent, `/hotline/calls/${id}/wrap-up`, { code: "joined-incident" });
  expect(noIncident.body["code"]).toBe("call.no-incident");
});

test("forged, unsigned, stale and unreadable events are refused, and nothing is stored", async () => {
  const before = await db.database.sql.one(`select count(*) from call_events`);
  const event = eventsOf("forged", db.clock.now(), answeredCall(OWNER_NUMBER))[0];
  const raw = JSON.stringify(event);
  const now = db.clock.now();
  const old = Math.floor(now.getTime() / 1000) - 301;
  const refused: [Record<string, string>, string][] = [
    [{}, "webhook.unsigned"],
    [signWebhook("another-key-that-nobody-here-knows-at-all", raw, now), "webhook.forged"],
    [{ ...signWebhook(SECRET, `${raw} `, now) }, "webhook.forged"],
    [
      { "x-nuan-timestamp": String(old), "x-nuan-signature": webhookSignature(SECRET, old, raw) },
      "webhook.stale",
    ],
  ];
  for (const [headers, code] of refused) {
    const answer = await tell(event, headers);
    expect([code, answer.body["code"]]).toEqual([code, code]);
  }
  const wrong = [{ type: "exploded" }, { extra: 1 }, { from: "1\0" }].map((part) => ({ ...event, ...part }));
  for (const body of [{ events: [] }, [], "x", ...wrong]) {
    expect((await tell(body)).body["code"]).toBe("call-event.unreadable");
  }
  expect(await db.database.sql.one(`select count(*) from call_events`)).toEqual(before);
});

test("a replayed message is answered and changes nothing", async () => {
  const events = eventsOf("replayed", db.clock.now(), abandonedCall("13700000011"));
  const first = await tell({ events });
  expect(first.body).toEqual({ stored: 3, repeated: 0, refused: [] });
  const second = await tell({ events: [...events, ...events] });
  expect(second.body).toEqual({ stored: 0, repeated: 6, refused: [] });
});

test("the board: lines, queue with waits, agents, today's figures and seats; what callers are told changes at once", async () => {
  await send(supervisor, "/hotline/lines", { code: "L01", name: "一号线" });
  const refusedLine = await send(agent, "/hotline/lines", { code: "L09", name: "x" });
  expect(refusedLine.status).toBe(403);
  await ring(answeredCall("13700000012"), 2);
  db.clock.advanceMs(30_000);
  const board = await send(agent, "/hotline/board");
  expect(board.status).toBe(200);
  const queue = board.body["queue"] as { number: string; seconds: number }[];
  expect(queue.at(-1)).toMatchObject({ number: "137****0012", seconds: 28 });
  expect(board.body["longestWaitSeconds"]).toBeGreaterThanOrEqual(28);
  expect(board.body["agents"]).toMatchObject([{ extension: "8001" }, { extension: "8002" }]);
  expect(board.text).not.toContain("13700000012");
  const begun = await send(supervisor, "/hotline/announcements", {
    kind: "cold-day",
    textZh: "今天来电多，我们给您回电",
  });
  const changed = await send(supervisor, "/hotline/announcements", {
    kind: "cold-day",
    textZh: "请留号，两小时内回电",
  });
  expect([begun.status, changed.status]).toEqual([201, 201]);
  const told = await send(agent, "/hotline/board");
  expect(told.body["coldDay"]).toBe(true);
  expect(told.body["announcements"]).toMatchObject([{ textZh: "请留号，两小时内回电" }]);
  const history = await send(agent, "/hotline/announcements");
  expect(history.body["items"]).toMatchObject([{ endedAt: null }, { endedBy: "supervisor" }]);
  await send(supervisor, `/hotline/announcements/${String(changed.body["id"])}/end`, {});
  expect((await send(agent, "/hotline/board")).body["coldDay"]).toBe(false);
});

const takeLog = async (caller: Caller, more: object): Promise<Answer> =>
  fetchWritten(
    platform,
    await send(caller, "/hotline/calls/export", { purpose: "话务周报", ...more }),
    (file) => send(caller, file),
  );

test("the log is searched without a number in an address, and exported with numbers masked and formulas disarmed", async () => {
  const id = await ring(answeredCall(OWNER_NUMBER));
  await send(agent, `/hotline/calls/${id}/wrap-up`, {
    code: "answered-no-case",
    note: '=HYPERLINK("http://x")',
  });
  const page = await send(agent, "/hotline/calls/search", { number: OWNER_NUMBER, limit: 1 });
  expect(page.body["items"]).toMatchObject([{ id, number: "138****5678" }]);
  const next = await send(agent, "/hotline/calls/search", {
    number: OWNER_NUMBER,
    limit: 1,
    cursor: page.body["nextCursor"],
  });
  expect((next.body["items"] as { id: string }[])[0]?.id).not.toBe(id);
  const csv = await takeLog(supervisor, {});
  expect(csv.headers.get("content-type")).toContain("text/csv");
  expect(csv.text).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(csv.text).not.toContain(OWNER_NUMBER);
  const xlsx = await takeLog(supervisor, { format: "xlsx" });
  expect(xlsx.text.startsWith("PK")).toBe(true);
  const audited = `select count(*) from audit_events where command = 'call.export'`;
  expect((await db.database.sql.one<{ count: bigint }>(audited)).count).toBe(2n);
});

test("what lies outside one's areas does not exist", async () => {
  const elsewhere = await buildSmallTown(db, "Z");
  const bound = await enter("agent.bound", ["agent"], [elsewhere.areaId]);
  const id = await ring(answeredCall(OWNER_NUMBER));
  for (const path of [`/hotline/calls/${id}`, `/hotline/calls/${id}/pop`]) {
    expect([path, (await send(bound, path)).body["code"]]).toEqual([path, "call.not-found"]);
  }
  for (const path of ["bind", "wrap-up", "ticket"]) {
    const bodies: Record<string, unknown> = {
      bind: { accountNo: "100000001" },
      "wrap-up": { code: "silent" },
      ticket: { category: "heat.not-hot", summary: "x" },
    };
    const answer = await send(bound, `/hotline/calls/${id}/${path}`, bodies[path]);
    expect([path, answer.body["code"]]).toEqual([path, "call.not-found"]);
  }
  // Nor when it was spoken to last: a number is known of it, and nothing else.
  const pop = await send(bound, "/hotline/pop", { number: OWNER_NUMBER });
  expect(pop.body).toMatchObject({ households: [], contacts: [] });
  const own = await ring(answeredCall("13700000030"));
  await db.database.sql.run(`update calls set agent_id = ${bound.id} where id = ${own}`);
  for (const buildingId of [String(town.buildingId), "999999999"]) {
    const answer = await send(bound, `/hotline/calls/${own}/bind`, { buildingId });
    expect([answer.status, answer.body["code"]]).toEqual([404, "building.not-found"]);
  }
  const itsOwn = await send(bound, `/hotline/calls/${own}/bind`, {
    buildingId: String(elsewhere.buildingId),
  });
  expect(itsOwn.status).toBe(200);
  expect((await send(bound, "/hotline/calls/search", { number: OWNER_NUMBER })).body["items"]).toEqual([]);
  const { text } = await takeLog(bound, {});
  expect(text).not.toContain("100000001");
});

test("call-backs over HTTP: taken, tried, given up against the version, and balanced", async () => {
  await ring(abandonedCall("13700000020"));
  const taken = await send(agent, "/hotline/call-backs/next", {});
  const list = await send(agent, "/hotline/call-backs?owner=me");
  expect(list.body["items"]).toMatchObject([{ id: taken.body["id"], owner: "agent.one" }]);
  const id = String(taken.body["id"]);
  const giveUp = `/hotline/call-backs/${id}/give-up`;
  expect((await send(agent, giveUp, { reason: "refused" }, { "if-match": '"1"' })).status).toBe(412);
  const tried = await send(agent, `/hotline/call-backs/${id}/attempts`, { result: "reached" });
  expect(tried.body).toEqual({ state: "reached", dueAt: null });
  const again = await send(agent, `/hotline/call-backs/${id}/attempts`, { result: "busy" });
  expect(again.body["code"]).toBe("call-back.closed");
  expect((await send(supervisor, "/hotline/call-backs/balance")).body).toMatchObject({ balanced: true });
});

test("click-to-dial: the agent sees no number, the exchange fetches it once", async () => {
  const id = await ring(answeredCall("13700000030"));
  const ordered = await send(agent, "/hotline/dial", { callId: id });
  expect(ordered.status).toBe(202);
  expect(ordered.text).not.toContain("0030");
  const people = (await send(agent, "/hotline/pop", { number: OWNER_NUMBER })).body["household"] as {
    people: { personId: string }[];
  };
  const toPerson = await send(agent, "/hotline/dial", {
    accountNo: "100000001",
    personId: people.people[0]?.personId,
  });
  expect(toPerson.status).toBe(202);
  const opened = await send(agent, `/hotline/calls/${id}/ticket`, {
    category: "praise.praise",
    summary: "x",
  });
  expect((await send(agent, "/hotline/dial", { ticketNo: opened.body["ticketNo"] })).status).toBe(202);
  const nobody = await send(agent, "/hotline/dial", { accountNo: "100000003", personId: "1" });
  expect(nobody.body["code"]).toBe("dial.no-number");
  expect((await send(supervisor, "/hotline/dial", { callId: id })).body["code"]).toBe("agent.not-signed-in");
  const fetch = (headers?: Record<string, string>) =>
    ask(edge, "/api/v1/hooks/cti/dials", {
      raw: "{}",
      headers: headers ?? signWebhook(SECRET, "{}", db.clock.now()),
    });
  expect((await fetch({})).body["code"]).toBe("webhook.unsigned");
  // A message that was recorded on the way gets nothing of what was ordered since.
  const recorded = signWebhook(SECRET, "{}", new Date(db.clock.now().getTime() - 60_000));
  await db.database.sql.run("update dial_orders set taken_at = ordered_at");
  expect((await fetch(recorded)).body["orders"]).toEqual([]);
  await db.database.sql.run("update dial_orders set taken_at = null");
  expect((await fetch(recorded)).body["orders"]).toEqual([]);
  const orders = (await fetch()).body["orders"] as { number: string; extension: string }[];
  expect(orders.map(({ number, extension }) => [number, extension])).toEqual([
    ["+8613700000030", "8001"],
    [`+86${OWNER_NUMBER}`, "8001"],
    ["+8613700000030", "8001"],
  ]);
  const next = signWebhook(SECRET, "{}", new Date(db.clock.now().getTime() + 1000));
  expect((await fetch(next)).body["orders"]).toEqual([]);
});
