/** What becomes of the exchange's words that are bad or lost: over real HTTP. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { authenticateSession, logIn, type StaffRole } from "#src/office/staff/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { abandonedCall, answeredCall, eventsOf, type Told } from "#tests/support/hotline.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { type Answer, ask, type Edge, startEdge } from "./edge.ts";

const SECRET = "the-exchange-and-we-share-this-key-of-ours";

let db: TestDatabase;
let platform: Platform;
let edge: Edge;
type Caller = { readonly headers: Readonly<Record<string, string>>; readonly id: bigint };
let agent: Caller;
let supervisor: Caller;

const enter = async (login: string, roles: readonly StaffRole[]): Promise<Caller> => {
  const actor = await person(db, login, roles);
  const { reference } = await logIn(platform, { login, password: `${login}-password` });
  const headers = { cookie: `nuan=${reference}`, "x-nuan": "1", "sec-fetch-site": "same-origin" };
  return { headers, id: actor.id ?? 0n };
};

const send = (caller: Caller, path: string, json?: unknown): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, { headers: caller.headers, ...(json === undefined ? {} : { json }) });

const tell = (body: unknown): Promise<Answer> => {
  const raw = JSON.stringify(body);
  const headers = { "content-type": "application/json", ...signWebhook(SECRET, raw, db.clock.now()) };
  return ask(edge, "/api/v1/hooks/cti", { raw, headers });
};

let calls = 0;
/** Tells the first events of a call; answers its id with us. */
const ring = async (told: readonly Told[], upTo: number): Promise<string> => {
  calls += 1;
  const callId = `ring-${calls}`;
  await tell({ events: eventsOf(callId, db.clock.now(), told).slice(0, upTo) });
  const { id } = await db.database.sql.one<{ id: bigint }>(
    `select id from calls where provider_call_id = :callId`,
    { callId },
  );
  return String(id);
};

beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T10:00:00+08:00");
  platform = { ...platformOf(db), webhookSecrets: { cti: SECRET } };
  agent = await enter("agent.one", ["agent"]);
  supervisor = await enter("supervisor", ["supervisor"]);
  edge = await startEdge(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token" ? null : authenticateSession(platform, credential.reference),
  });
  await send(agent, "/hotline/session", { extension: "8001" });
});

afterAll(async () => {
  await edge.stop();
  await db.drop();
});

test("one bad event refuses itself by its place, and the others are stored", async () => {
  const events: unknown[] = [...eventsOf("mixed", db.clock.now(), abandonedCall("13700000077"))];
  const [sample] = events;
  const bad = [
    { ...Object(sample), eventId: "has space" },
    { ...Object(sample), eventId: "nul-1", vendor: { note: "a\0b" } },
    { ...Object(sample), eventId: "old-1", at: "0000-01-01T00:00:00Z" },
    { ...Object(sample), eventId: "more-1", extra: 1 },
    "no event",
  ];
  const answer = await tell({ events: [events[0], ...bad, events[1], events[2]] });
  expect([answer.status, answer.body["stored"], answer.body["repeated"]]).toEqual([200, 3, 0]);
  expect(answer.body["refused"]).toMatchObject([
    { index: 1, field: "eventId" },
    { index: 2, field: "vendor.note", reason: "text with a NUL or half a character" },
    { index: 3, field: "at" },
    { index: 4, field: "extra" },
    { index: 5, field: "" },
  ]);
  const none = await tell({ events: bad });
  expect([none.status, none.body["code"]]).toEqual([400, "call-event.unreadable"]);
  expect(none.body["facts"]).toMatchObject({ refused: answerPlaces(5) });
});

const answerPlaces = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));

test("an agent whose call was written down may go, and is in conversation until it ends; a supervisor releases what hangs", async () => {
  const id = await ring(answeredCall("13700000078"), 3);
  const refused = await send(agent, "/hotline/session/end", {});
  expect([refused.status, refused.body["code"]]).toEqual([409, "agent.on-a-call"]);
  expect(refused.body["remedy"]).toContain(`/hotline/calls/${id}/release`);
  expect((await send(agent, `/hotline/calls/${id}/release`, {})).status).toBe(403);
  const released = await send(supervisor, `/hotline/calls/${id}/release`, {});
  expect(released.body).toMatchObject({ outcome: "answered", finishedBy: "supervisor" });
  expect((await send(supervisor, `/hotline/calls/${id}/release`, {})).body["code"]).toBe("call.over");
  const next = await ring(answeredCall("13700000079"), 3);
  await send(agent, `/hotline/calls/${next}/wrap-up`, { code: "answered-no-case" });
  const talkingSince = eventsOf("x", db.clock.now(), answeredCall("13700000079"))[2]?.at;
  expect((await send(agent, "/hotline/session")).body["session"]).toMatchObject({
    liveCallId: null,
    talkingSince,
  });
  const atTelephone = async () => (await send(supervisor, "/hotline/board")).body["agents"];
  expect(await atTelephone()).toMatchObject([{ extension: "8001", state: "busy", callId: next }]);
  // The end comes late: the agent has gone on, and is not asked to write it down again.
  const told = eventsOf("x", db.clock.now(), answeredCall("13700000079"))[3];
  const { callId } = await db.database.sql.one<{ callId: string }>(
    `select provider_call_id as "callId" from calls where id = :id`,
    { id: next },
  );
  await tell({ ...told, callId, eventId: "late-end" });
  expect((await send(agent, "/hotline/session")).body["session"]).toMatchObject({
    state: "available",
    talkingSince: null,
    since: told?.at,
  });
  expect(await atTelephone()).toMatchObject([{ state: "available", callId: null }]);
  expect((await send(agent, "/hotline/session/end", {})).status).toBe(200);
  await send(agent, "/hotline/session", { extension: "8001" });
  expect((await send(supervisor, `/hotline/agents/${agent.id}/sign-out`, {})).status).toBe(200);
  expect((await send(agent, "/hotline/session")).body["session"]).toBeNull();
  await send(agent, "/hotline/session", { extension: "8001" });
});

test("a call joins no case that is over, and one that opened a case was not silent", async () => {
  const opener = await ring(answeredCall("13700000041"), 4);
  const wanted = { category: "heat.not-hot", summary: "不热", addressText: "书香苑3号楼" };
  const opened = await send(agent, `/hotline/calls/${opener}/ticket`, wanted);
  const ticketNo = String(opened.body["ticketNo"]);
  for (const code of ["silent", "wrong-number", "answered-no-case"]) {
    const answer = await send(agent, `/hotline/calls/${opener}/wrap-up`, { code });
    expect([answer.status, answer.body["code"]]).toEqual([409, "call.has-case"]);
  }
  const joiner = await ring(answeredCall("13700000042"), 4);
  const join = () => send(agent, `/hotline/calls/${joiner}/wrap-up`, { code: "joined-case", ticketNo });
  await db.owner.sql.run("update tickets set state = 'cancelled' where ticket_no = :ticketNo", { ticketNo });
  const refused = await join();
  expect([refused.status, refused.body["code"]]).toEqual([409, "call.case-over"]);
  await db.owner.sql.run("update tickets set state = 'new' where ticket_no = :ticketNo", { ticketNo });
  expect((await join()).status).toBe(200);
  await db.owner.sql.run("update tickets set state = 'cancelled' where ticket_no = :ticketNo", { ticketNo });
});
