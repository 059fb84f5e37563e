import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { runProofs } from "#src/money/ledger/index.ts";
import { addEntry, linkTickets, mergeTicket, setOwner, ticketProofs } from "#src/service/tickets/index.ts";
import { as, openCase } from "#tests/support/tickets.ts";
import { person } from "#tests/support/people.ts";
import { ask } from "./edge.ts";
import { numbersIn, startTicketEdge, type TicketEdge, tokenOf } from "./ticket-edge.ts";

let db: TicketEdge["db"];
let north: TicketEdge["north"];
let south: TicketEdge["south"];
let stage: TicketEdge;
beforeAll(async () => {
  stage = await startTicketEdge();
  ({ db, north, south } = stage);
});
afterAll(() => stage.stop());
const send: TicketEdge["send"] = (...asked) => stage.send(...asked);
const get = (who: string, path: string) => stage.get(who, path);

describe("one case", () => {
  test("is opened, found by its number however it is read out, and shown with its timeline", async () => {
    const opened = await send("wang", "POST", "/tickets", {
      accountNo: "10000001",
      category: "fault.leak",
      channel: "phone",
      summary: "卫生间立管漏水",
      fields: { place: "riser", running: true },
      callerNumber: "138 1234 5678",
      callerName: "张三丰",
    });
    expect(opened).toMatchObject({ status: 201, body: { opened: true } });
    const ticketNo = String(opened.body["ticketNo"]);
    await db.owner.sql.run("update staff_members set display_name = '王小暖' where login = 'wang'", {});
    const spoken = encodeURIComponent(`工单 ${ticketNo.slice(0, 3)}-${ticketNo.slice(3)}`);
    const seen = await get("zhao", `/tickets/${spoken}`);
    expect([seen.status, seen.headers.get("etag")]).toEqual([200, '"1"']);
    expect(seen.body).toMatchObject({
      ticketNo,
      severity: "emergency",
      callerNumber: "138****5678",
      missingFields: [],
      accountNo: "10000001",
      timeline: [{ kind: "state", by: "wang", byName: "王小暖" }],
    });
    expect(seen.text).not.toMatch(/张三丰|13812345678/);
    const shown = await send("wang", "POST", `/tickets/${ticketNo}/caller`, { reason: "回电" });
    expect(shown.body).toEqual({
      callerName: "张三丰",
      callerNumber: "+8613812345678",
    });
    const audited = await db.database.sql.rows(
      "select 1 as one from audit_events where command = 'ticket.show-caller' and actor_name = 'wang'",
    );
    expect(audited).toHaveLength(1);
  });

  test("of two agents with the same version the second is shown what the first did", async () => {
    const { ticketNo } = await openCase(db, { accountId: north.accountId });
    const commands = `/tickets/${ticketNo}/commands`;
    const both = await Promise.all([
      send("wang", "POST", commands, { command: "accept" }, 1),
      send("li", "POST", commands, { command: "start" }, 1),
    ]);
    expect(both.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    const first = both[0].status === 200 ? "wang" : "li";
    const refused = must(
      both.find((answer) => answer.status === 412),
      "the second",
    );
    expect(refused.body["code"]).toBe("version.stale");
    const facts = refused.body["facts"] as { version: number; changes: unknown[] };
    expect(facts.version).toBe(2);
    expect(facts.changes).toEqual([
      expect.objectContaining({
        by: first,
        at: "2026-11-16T02:00:00.000Z",
        details: expect.objectContaining({ command: first === "wang" ? "accept" : "start" }) as unknown,
      }),
    ]);
    const without = await send("li", "POST", commands, { command: "start" });
    expect([without.status, without.body["code"]]).toEqual([428, "request.version-needed"]);
  });

  test("a pair that the table does not list is refused, and it says what is possible", async () => {
    const { ticketNo } = await openCase(db, { accountId: north.accountId });
    const answer = await send("wang", "POST", `/tickets/${ticketNo}/commands`, { command: "resume" }, 1);
    expect([answer.status, answer.body["code"]]).toEqual([409, "ticket.refused"]);
    expect(answer.text).toContain("accept");
  });

  test("enters in two taps, with a guessed category that a person then confirms", async () => {
    const slip = await send("zhao", "POST", "/tickets/quick", {
      channel: "slip",
      text: "意见：家里温度低，孩子冻感冒了",
      accountNo: "10000002",
    });
    expect(slip.body).toMatchObject({ category: "heat.below-standard", categoryGuessed: true });
    const ticketNo = String(slip.body["ticketNo"]);
    const confirmed = await send(
      "zhao",
      "PATCH",
      `/tickets/${ticketNo}`,
      { category: "heat.below-standard", fields: { celsius: 16.2 } },
      1,
    );
    expect([confirmed.status, confirmed.body["version"]]).toEqual([200, 2]);
    const nowhere = await send("zhao", "POST", "/tickets/quick", { channel: "slip", text: "不热" });
    expect(nowhere.body["code"]).toBe("ticket.nowhere");
  });

  test("the same key opens the same case", async () => {
    const open = () =>
      ask(stage.edge, "/api/v1/tickets", {
        token: tokenOf("wang"),
        json: {
          addressText: "路口",
          category: "report.draining",
          channel: "phone",
          summary: "放水",
          fields: { place: "路口" },
        },
        headers: { "idempotency-key": "one-tap" },
      });
    const [one, other] = [await open(), await open()];
    expect(other.body["ticketNo"]).toBe(one.body["ticketNo"]);
  });
});

describe("files", () => {
  const photo = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );

  test("a photo is attached, saved under its name, and seen only with its case", async () => {
    const mine = await openCase(db, { accountId: north.accountId });
    const other = await openCase(db, { accountId: south.accountId });
    const attach = (who: string, ticketNo: string) =>
      ask(
        stage.edge,
        `/api/v1/tickets/${ticketNo}/attachments?fileName=${encodeURIComponent("../漏点.png")}`,
        {
          token: tokenOf(who),
          raw: new Uint8Array(photo),
          headers: { "content-type": "image/png" },
        },
      );
    const stored = await attach("zhao", mine.ticketNo);
    expect(stored.status).toBe(201);
    const fileId = String(stored.body["fileId"]);
    const saved = await get("zhao", `/tickets/${mine.ticketNo}/attachments/${fileId}`);
    expect(saved.headers.get("content-type")).toBe("image/png");
    expect(saved.headers.get("content-disposition")).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent("漏点.png")}`,
    );
    const elsewhere = await get("wang", `/tickets/${other.ticketNo}/attachments/${fileId}`);
    expect([elsewhere.status, elsewhere.body["code"]]).toEqual([404, "file.not-found"]);
    const foreign = await attach("zhao", other.ticketNo);
    expect([foreign.status, foreign.body["code"]]).toEqual([404, "ticket.not-found"]);
  });

  test("a page that calls itself a photo is refused", async () => {
    const { ticketNo } = await openCase(db, { accountId: north.accountId });
    const refused = await ask(stage.edge, `/api/v1/tickets/${ticketNo}/attachments`, {
      token: tokenOf("wang"),
      raw: "<!doctype html><script>alert(1)</script>",
      headers: { "content-type": "image/png" },
    });
    expect([refused.status, refused.body["code"]]).toEqual([422, "file.type-differs"]);
  });
});

describe("what is entered by hand", () => {
  const solved = async (entries: readonly object[]) => {
    const { ticketNo } = await openCase(db, { category: "heat.partly", accountId: north.accountId });
    const path = `/tickets/${ticketNo}`;
    await send("wang", "POST", `${path}/commands`, { command: "start" }, 1);
    for (const entry of entries) {
      expect((await send("wang", "POST", `${path}/entries`, entry)).status).toBe(201);
    }
    const fields = await send("wang", "PATCH", path, { fields: { rooms: "卧室" } }, 2);
    expect(fields.status).toBe(200);
    expect((await send("wang", "POST", `${path}/close`, { closingClass: "solved" }, 3)).status).toBe(200);
    return db.owner.sql.one<{ first: boolean | null; onSite: string }>(
      `select first_visit_completed as first,
         (select state from ticket_clocks where ticket_id = t.id and kind = 'on-site') as "onSite"
       from tickets t where ticket_no = :ticketNo`,
      { ticketNo },
    );
  };
  const there = { login: "zhao", at: "2026-11-16T10:00:00+08:00" };
  const visit = { kind: "visit", text: "排气", there };
  const slip = { kind: "slip", text: "19.2℃", deciCelsius: 192, there };

  test("a visit with its slip is one visit, a slip alone stands for one, two visits are two", async () => {
    expect(await solved([visit, slip])).toEqual({ first: true, onSite: "stopped" });
    expect(await solved([slip])).toEqual({ first: true, onSite: "stopped" });
    expect(await solved([visit, visit, slip])).toEqual({ first: false, onSite: "stopped" });
    // Without its measurement a slip is no visit and proves nothing.
    expect(
      await solved([
        { kind: "slip", text: "没量", there },
        { kind: "call-back", text: "热了" },
      ]),
    ).toEqual({
      first: null,
      onSite: "cancelled",
    });
    expect(await solved([{ kind: "call-back", text: "热了" }])).toEqual({ first: null, onSite: "cancelled" });
  });
});

test("what another person has is begun for a reason, and answered by then; its owner needs none", async () => {
  const sun = await person(db, "sun", ["area-manager"]);
  stage.callers.set("sun", sun);
  const give = async () => {
    const { ticketId, ticketNo } = await openCase(db, { accountId: north.accountId });
    const owner = { staffId: sun.id, role: "area-manager", areaId: null, level: "area" } as const;
    await as(db, db.actor, (context) => setOwner(context, ticketId, owner));
    const { version, anothers } = (await get("wang", `/tickets/${ticketNo}`)).body;
    expect(anothers).toBe(true);
    return { path: `/tickets/${ticketNo}`, version: Number(version) };
  };
  const answeredBy = async (path: string) => {
    const { clocks, owner } = (await get("boss", path)).body;
    const [first] = (clocks as { kind: string; state: string }[]).filter(
      ({ kind }) => kind === "first-response",
    );
    return [first?.state, owner];
  };
  const one = await give();
  for (const command of ["start", "accept"]) {
    const refused = await send("wang", "POST", `${one.path}/commands`, { command }, one.version);
    expect([refused.status, refused.body["code"]]).toEqual([422, "ticket.anothers"]);
  }
  expect(await answeredBy(one.path)).toEqual(["running", "sun"]);
  const { items } = (await get("wang", `${one.path}/visitors`)).body;
  expect((items as { login: string }[]).map(({ login }) => login)).toEqual(["sun", "boss", "zhao"]);
  const said = { command: "start", text: "孙经理来电，已在路上" };
  expect((await send("wang", "POST", `${one.path}/commands`, said, one.version)).status).toBe(200);
  expect(await answeredBy(one.path)).toEqual(["stopped", "sun"]);
  expect((await get("boss", one.path)).text).toContain("孙经理来电，已在路上");
  const two = await give();
  expect((await get("sun", two.path)).body["anothers"]).toBe(false);
  const own = await send("sun", "POST", `${two.path}/commands`, { command: "start" }, two.version);
  expect(own.status).toBe(200);
});

test("a desk names who was at the home and when; who goes there was there in person", async () => {
  const { ticketNo } = await openCase(db, {
    category: "heat.partly",
    accountId: north.accountId,
    fields: { rooms: "卧室" },
  });
  const path = `/tickets/${ticketNo}`;
  await send("wang", "POST", `${path}/commands`, { command: "start" }, 1);
  const at = "2026-11-16T10:00:00+08:00";
  const enter = async (who: string, there?: object) => {
    const body = { kind: "visit", text: "排气", ...(there !== undefined && { there }) };
    const answer = await send(who, "POST", `${path}/entries`, body);
    return answer.body["code"] ?? answer.status;
  };
  const onSite = async () => {
    const { clocks, timeline } = (await get("boss", path)).body;
    const kept = clocks as { kind: string; state: string; stoppedAt: string | null }[];
    const [clock] = kept.filter(({ kind }) => kind === "on-site");
    const [latest] = timeline as { details: { there?: object } }[];
    return [clock?.state, clock?.stoppedAt, latest?.details.there];
  };
  expect(await enter("wang")).toBe("ticket.presence-needed");
  expect(await enter("wang", { login: "li", at })).toBe("ticket.presence-unknown");
  expect(await enter("wang", { login: "wang", at })).toBe("ticket.presence-unknown");
  for (const wrong of ["2026-11-16T10:00:01+08:00", "2026-11-16T09:59:59+08:00"]) {
    expect(await enter("wang", { login: "zhao", at: wrong })).toBe("ticket.presence-time");
  }
  expect((await onSite()).slice(0, 2)).toEqual(["running", null]);
  const closing = { closingClass: "solved" };
  expect((await send("wang", "POST", `${path}/close`, closing, 2)).body["code"]).toBe(
    "ticket.evidence-needed",
  );
  expect(await enter("wang", { login: "zhao", at })).toBe(201);
  const there = { login: "zhao", name: "zhao", at: "2026-11-16T02:00:00.000Z" };
  expect(await onSite()).toEqual(["stopped", "2026-11-16T02:00:00.000Z", there]);
  expect(await enter("zhao")).toBe(201);
  expect((await onSite())[2]).toEqual(there);
  expect((await send("wang", "POST", `${path}/close`, closing, 2)).status).toBe(200);
});

test("a slip proves a closing by a temperature that a home can have; degrees for tenths are refused, with the unit", async () => {
  const { ticketNo } = await openCase(db, {
    category: "heat.partly",
    accountId: north.accountId,
    fields: { rooms: "卧室" },
  });
  const path = `/tickets/${ticketNo}`;
  await send("wang", "POST", `${path}/commands`, { command: "start" }, 1);
  const enter = (entry: object) =>
    send("zhao", "POST", `${path}/entries`, { kind: "slip", text: "测温", ...entry });
  const meant = await enter({ deciCelsius: 19 });
  expect([meant.status, meant.body["code"]]).toEqual([422, "ticket.temperature-implausible"]);
  expect(JSON.stringify(meant.body)).toContain("19 is 1.9 ℃");
  expect((await enter({ deciCelsius: 401 })).status).toBe(422);
  expect((await enter({})).status).toBe(201);
  const close = () => send("wang", "POST", `${path}/close`, { closingClass: "solved" }, 2);
  expect((await close()).body["code"]).toBe("ticket.evidence-needed");
  expect((await enter({ deciCelsius: 190 })).status).toBe(201);
  expect((await close()).status).toBe(200);
});

test("a version that the case has not had yet is stale by nobody's change", async () => {
  const { ticketNo } = await openCase(db, { accountId: north.accountId });
  const ahead = await send("wang", "POST", `/tickets/${ticketNo}/commands`, { command: "start" }, 4);
  expect([ahead.status, ahead.body["code"]]).toEqual([412, "version.stale"]);
  expect(ahead.text).toContain("has not had a version 4 yet");
});

describe("scope", () => {
  test("a manager sees the own area's cases and owned ones; nothing after the area is taken away", async () => {
    const inside = await openCase(db, { accountId: north.accountId });
    const outside = await openCase(db, { accountId: south.accountId });
    const nobodys = await openCase(db, { callerNumber: "+8613900000000", category: "enquiry.time" });
    const owned = await openCase(db, { callerNumber: "+8613900000001", category: "enquiry.time" });
    const zhao = stage.actor("zhao");
    await as(db, db.actor, (context) =>
      setOwner(context, owned.ticketId, {
        staffId: zhao.id,
        role: "area-manager",
        areaId: null,
        level: "area",
      }),
    );
    const seen = numbersIn(await get("zhao", "/tickets?limit=200"));
    expect([inside, outside, nobodys, owned].map(({ ticketNo }) => seen.includes(ticketNo))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect((await get("zhao", `/tickets/${outside.ticketNo}`)).status).toBe(404);
    expect((await get("wang", `/tickets/${nobodys.ticketNo}`)).status).toBe(200);
    expect(numbersIn(await get("zhao", "/tickets?owner=me"))).toEqual([owned.ticketNo]);

    stage.callers.set("zhao", { ...zhao, scope: { kind: "areas", areaIds: [] } });
    expect(numbersIn(await get("zhao", "/tickets?limit=200"))).toEqual([owned.ticketNo]);
    expect((await get("zhao", `/tickets/${inside.ticketNo}`)).status).toBe(404);
    stage.callers.set("zhao", zhao);
  });

  test("what a case is tied to outside one's areas is neither named nor told", async () => {
    const mine = await openCase(db, { category: "heat.unsteady", accountId: north.accountId });
    const foreign = await openCase(db, { category: "heat.unsteady", accountId: south.accountId });
    const linked = await openCase(db, { category: "heat.unsteady", accountId: south.neighbourId });
    await as(db, stage.actor("wang"), async (context) => {
      await addEntry(context, foreign.ticketId, { kind: "call", text: "李先生来电" });
      await mergeTicket(context, { ticketId: foreign.ticketId, intoTicketId: mine.ticketId, reason: "同症" });
      await linkTickets(context, {
        ticketId: mine.ticketId,
        otherTicketId: linked.ticketId,
        kind: "related",
      });
    });
    const whole = (await get("wang", `/tickets/${mine.ticketNo}`)).text;
    const bound = await get("zhao", `/tickets/${mine.ticketNo}`);
    expect(bound.body["related"]).toEqual([]);
    expect((bound.body["timeline"] as { kind: string }[]).map(({ kind }) => kind)).toContain("merge");
    for (const sign of [foreign.ticketNo, linked.ticketNo, `"ticket:${foreign.ticketId}"`, "李先生来电"]) {
      expect(whole).toContain(sign);
      expect(bound.text).not.toContain(sign);
    }
    expect(bound.text).not.toContain(String(foreign.ticketId));
    // The other way round: merged into what the manager does not see.
    const own = await openCase(db, { category: "heat.unsteady", accountId: north.neighbourId });
    const away = await openCase(db, { category: "heat.unsteady", accountId: south.accountId });
    await as(db, stage.actor("wang"), (context) =>
      mergeTicket(context, { ticketId: own.ticketId, intoTicketId: away.ticketId, reason: "同症" }),
    );
    expect((await get("wang", `/tickets/${own.ticketNo}`)).body["mergedInto"]).toBe(away.ticketNo);
    const seen = await get("zhao", `/tickets/${own.ticketNo}`);
    expect(seen.body).toMatchObject({ state: "merged", mergedInto: null });
    expect(seen.text).not.toContain(String(away.ticketId));
  });

  test("duplicates of the same building are suggested, the same household first", async () => {
    const first = await openCase(db, { category: "heat.unsteady", accountId: south.accountId });
    const second = await openCase(db, { category: "heat.partly", accountId: south.neighbourId });
    const query = `/tickets/duplicates?account=20000001&category=heat.unsteady`;
    const found = (await get("wang", query)).body["items"] as { ticketNo: string; score: number }[];
    expect(found[0]).toMatchObject({ ticketNo: first.ticketNo, score: 2 });
    expect(found.find((item) => item.ticketNo === second.ticketNo)?.score).toBe(0);
    expect((await get("zhao", `/tickets/duplicates?building=${south.buildingId}`)).body["items"]).toEqual([]);
    db.clock.advanceMs(25 * 3_600_000);
    expect((await get("wang", query)).body["items"]).toEqual([]);
  });
});

test("after all this the rules of cases hold", async () => {
  expect(await runProofs(db.database, ticketProofs)).toEqual([]);
});
