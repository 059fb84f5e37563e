/** What is known of a household, for whoever speaks with it: its page, the screen pop, what may be said, and which cases may be the same. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { day } from "#src/kernel/day.ts";
import { queueMessage } from "#src/messages/messaging/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { openWorkOrder } from "#src/service/field/index.ts";
import { openIncident } from "#src/service/incidents/index.ts";
import { accessAccount, placeHold } from "#src/town/accounts/index.ts";
import { ask, type Edge, startEdge } from "#tests/http/edge.ts";
import { createFieldTown, type FieldTown } from "#tests/support/field.ts";
import { answeredCall, placeCall } from "#tests/support/hotline.ts";
import { person } from "#tests/support/people.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

const HOME = plantedAccountNo(1);
const SCRIPT = "本楼换热站检修，预计今晚恢复。";

let town: FieldTown;
let edge: Edge;
let ticketNo: string;
const callers = new Map<string, Actor>();

beforeAll(async () => {
  town = await createFieldTown(60);
  const { db, platform } = town;
  await town.pay(1);
  const ticketId = await town.ticket({
    category: "heat.not-hot",
    accountId: 1n,
    buildingId: 0n,
    summary: "客厅十五度",
  });
  ({ ticketNo } = await db.owner.sql.one<{ ticketNo: string }>(
    `select ticket_no as "ticketNo" from tickets where id = :ticketId`,
    { ticketId },
  ));
  const callId = await placeCall(platform, db.clock.now(), answeredCall("13911110001"));
  await db.owner.sql.run(
    `update calls set account_id = 1, wrap_up = 'case', ticket_id = :ticketId where provider_call_id = :callId`,
    { callId, ticketId },
  );
  await town.run(async (context) => {
    await openWorkOrder(context, {
      kind: "repair",
      sourceKey: "test:1",
      accountId: 1n,
      summary: "换入户阀",
    });
    await queueMessage(context, {
      purpose: "appointment",
      channel: "sms",
      to: { number: "+8613911110001" },
      accountId: 1n,
      template: "appointment-made",
      variables: {},
      uniqueKey: "test-1",
    });
    await placeHold(context, {
      account: await accessAccount(context.sql, db.actor, HOME, context.today),
      kind: "care",
      reason: "独居老人",
      startsOn: day("2026-01-01"),
      endsOn: null,
    });
    await openIncident(context, {
      kind: "heat-outage",
      affected: { buildingIds: [0n] },
      startsAt: context.now,
      script: SCRIPT,
    });
  });
  for (const role of ["agent", "cashier"] as const)
    callers.set(`token-of-the-${role}`, await person(db, `overview-${role}`, [role]));
  edge = await startEdge(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "session" ? null : (callers.get(credential.token) ?? null),
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const AGENT = "token-of-the-agent";
const get = async (path: string, token = AGENT) => (await ask(edge, `/api/v1${path}`, { token })).body;

test("a household's page has its debt, case, call, message, visit, incident and care flag; what one has no right to is null", async () => {
  const seen = await get(`/accounts/${HOME}/overview`);
  expect(seen).toMatchObject({
    accountNo: HOME,
    debt: { receivableFen: 0, offeredFen: expect.any(Number), prepaidFen: 0 },
    cases: [{ ticketNo, category: "heat.not-hot", summary: "客厅十五度", dueAt: expect.any(String) }],
    calls: [{ direction: "inbound", outcome: "answered", wrapUp: "case", ticketNo }],
    messages: [{ purpose: "appointment", channel: "sms" }],
    visits: [{ kind: "repair", summary: "换入户阀", orderNo: expect.any(String) }],
    receipts: expect.any(Array),
    station: { incident: { script: SCRIPT, incidentId: expect.any(String) }, tests: [] },
  });
  expect(await get(`/accounts/${HOME}`)).toMatchObject({ holds: [{ kind: "care", reason: "独居老人" }] });
  // Another home of the building: the incident is its own, nothing else is.
  expect(await get(`/accounts/${plantedAccountNo(2)}/overview`)).toMatchObject({
    cases: [],
    calls: [],
    messages: [],
    visits: [],
    station: { incident: { script: SCRIPT } },
  });
  expect(await get(`/accounts/${HOME}/overview`, "token-of-the-cashier")).toMatchObject({
    calls: null,
    visits: null,
  });
});

test("the screen pop of its number has the same, and the papers to print", async () => {
  const pop = (
    await ask(edge, "/api/v1/hotline/pop", {
      token: AGENT,
      json: { number: "13911110001", accountNo: HOME },
    })
  ).body;
  expect(pop["household"]).toMatchObject({
    accountNo: HOME,
    care: true,
    openTickets: [{ ticketNo }],
    contacts: [{ wrapUp: "case" }],
    notices: [{ purpose: "appointment" }],
    incident: { script: SCRIPT },
  });
  const { papers } = pop["household"] as { papers: { kind: string; print: string }[] };
  expect(new Set(papers.map(({ kind }) => kind))).toEqual(new Set(["bill", "work-order"]));
  for (const { kind, print } of papers.filter((paper) => paper.kind === "bill")) {
    const page = await ask(edge, `/api/v1${print}`, { token: AGENT });
    expect([kind, page.status, page.text.includes(HOME)]).toEqual(["bill", 200, true]);
  }
});

test("cases that may be the same are named before another is opened: its own first, then the building's", async () => {
  await town.ticket({ category: "heat.not-hot", accountId: 2n, buildingId: 0n, summary: "邻居也冷" });
  const same = await get(`/tickets/duplicates?account=${HOME}&category=heat.not-hot`);
  const items = same["items"] as { ticketNo: string; score: number; summary: string }[];
  expect(items[0]).toMatchObject({ ticketNo, summary: "客厅十五度" });
  expect(items.map(({ summary }) => summary)).toContain("邻居也冷");
});
