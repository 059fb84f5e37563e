/** Field work over HTTP: If-Match, masked contacts, papers, photos, and an area that is taken away. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import type { Actor, Role } from "#src/platform/actor.ts";
import { day } from "#src/kernel/day.ts";
import { openWorkOrder } from "#src/service/field/index.ts";
import { assignBuildings } from "#src/town/grid/index.ts";
import { AREA, createFieldTown, type FieldTown, OTHER_AREA } from "#tests/support/field.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { compact, readPage, readPdf } from "../documents/read-pdf.ts";
import { type Answer, ask, CASHIER_TOKEN, type Edge, startEdge } from "./edge.ts";

let town: FieldTown;
let edge: Edge;
let actor: Actor;
let id: string;
let ticketNo: string;
beforeAll(async () => {
  town = await createFieldTown(60);
  edge = await startEdge(town.platform, routes, { authenticate: async () => actor });
  const ticketId = await town.ticket({
    category: "fault.leak",
    severity: "ordinary",
    accountId: 1n,
    callerName: "慕容北辰",
    callerNumber: "+8613812345671",
    summary: "卧室暖气片渗水",
  });
  [{ ticketNo = "" } = {}] = await town.rows<{ ticketNo: string }>(
    `select ticket_no as "ticketNo" from tickets where id = :ticketId`,
    { ticketId },
  );
  actor = town.agent;
  const opened = await send("post", `/tickets/${ticketNo}/work-orders`, { json: { kind: "temperature" } });
  if (opened.status !== 201) throw new Error(opened.text);
  id = String(opened.body["id"]);
  town.db.clock.advanceMs(60_000);
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

type More = {
  readonly json?: unknown;
  readonly ifMatch?: number;
  readonly raw?: string;
  readonly type?: string;
};
const send = (method: string, path: string, { json, ifMatch, raw, type }: More = {}): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, {
    method: method.toUpperCase(),
    token: CASHIER_TOKEN,
    ...(json === undefined ? {} : { json }),
    ...(raw === undefined ? {} : { raw }),
    headers: {
      ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
      ...(type === undefined ? {} : { "content-type": type }),
    },
  });

describe("an order", () => {
  test("the same case raises the same order once", async () => {
    const again = await send("post", `/tickets/${ticketNo}/work-orders`, { json: { kind: "temperature" } });
    expect(again.body).toMatchObject({ id, opened: false });
    expect((await send("get", `/tickets/${ticketNo}/work-orders`)).body["items"]).toMatchObject([{ id }]);
  });

  test("is found by its id and by the number on the paper; its contact is masked until asked for, audited", async () => {
    const shown = await send("get", `/work-orders/${id}`);
    expect(shown.headers.get("etag")).toBe('"1"');
    expect(shown.body).toMatchObject({
      orderNo: `W${id.padStart(6, "0")}`,
      contactName: "慕***",
      contactNumber: "138****5671",
      ticketNos: [ticketNo],
    });
    expect((await send("get", `/work-orders/W${id.padStart(6, "0")}`)).body["id"]).toBe(id);
    const contact = await send("post", `/work-orders/${id}/contact`, { json: { reason: "on the way" } });
    expect(contact.body).toEqual({ contactName: "慕容北辰", contactNumber: "+8613812345671" });
    expect(
      await town.rows(
        `select 1 as one from audit_events where command = 'work-order.contact' and subject = :subject`,
        {
          subject: `work-order:${id}`,
        },
      ),
    ).toHaveLength(1);
  });

  test("is changed only by whoever has seen it as it is", async () => {
    const slot = { from: "2026-11-11T14:00:00+08:00", until: "2026-11-11T16:00:00+08:00" };
    const path = `/work-orders/${id}/schedule`;
    expect((await send("post", path, { json: slot })).status).toBe(428);
    const done = await send("post", path, { json: { ...slot, crewId: String(town.crewId) }, ifMatch: 1 });
    expect([done.status, done.headers.get("etag"), done.body["state"]]).toEqual([200, '"2"', "scheduled"]);
    const late = await send("post", path, { json: slot, ifMatch: 1 });
    expect([late.status, late.body["code"]]).toEqual([412, "version.stale"]);
  });

  test("is listed by area, crew, day and state", async () => {
    const count = async (query: string) =>
      ((await send("get", `/work-orders?${query}`)).body["items"] as unknown[]).length;
    expect(
      await count(`crewId=${town.crewId}&day=2026-11-11&areaId=7&state=scheduled&kind=temperature`),
    ).toBe(1);
    for (const other of ["crewId=999", "day=2026-11-12", "areaId=8", "state=open", "kind=repair"]) {
      expect([other, await count(other)]).toEqual([other, 0]);
    }
  });
});

describe("papers", () => {
  test("the order has all that a crew needs, as page and as PDF; the second print says so; the code names nobody", async () => {
    const page = await send("get", `/work-orders/${id}/print`);
    expect(page.status).toBe(200);
    const pdf = await fetch(`${edge.url}/api/v1/work-orders/${id}/print.pdf`, {
      headers: { authorization: `Bearer ${CASHIER_TOKEN}` },
    });
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    const text = compact(await readPdf(Buffer.from(await pdf.arrayBuffer())));
    for (const paper of [compact(readPage(page.text)), text]) {
      for (const word of [
        "测温派工单",
        `W${id.padStart(6, "0")}`,
        "慕容北辰",
        "13812345671",
        "测试小区1",
        "2026-11-1114:00-16:00",
        "东区维修班",
        "卧室暖气片渗水",
        ticketNo,
        `http://localhost:3000/work-orders/${id}`,
        "用户签字",
      ]) {
        expect(paper).toContain(word);
      }
    }
    expect(compact(readPage(page.text))).not.toContain("补打");
    expect(text).toContain("补打第1次");
  });

  test("an empty slip to take along, and the signed one afterwards", async () => {
    const empty = compact(readPage((await send("get", `/work-orders/${id}/slip`)).text));
    expect(empty).toContain("测点6");
    expect(empty).toContain("□关闭满30分钟");
    const started = await send("post", `/work-orders/${id}/start`, { json: {}, ifMatch: 2 });
    expect(started.status).toBe(200);
    const written = await send("post", `/work-orders/${id}/slips`, {
      json: {
        instrumentNo: "CW-0193",
        calibratedOn: "2026-09-20",
        measuredAt: town.db.clock.now().toISOString(),
        outdoorTenths: -35,
        windows: "closed-30-min",
        readings: [
          { room: "客厅", heightCm: 120, readingTenths: 168 },
          { room: "主卧", heightCm: 120, readingTenths: 192 },
        ],
        opinion: "同意测量结果",
        measurer: "王师傅",
        signature: { kind: "witness", name: "邻居李某" },
      },
      ifMatch: 3,
    });
    expect([written.status, written.body["version"]]).toEqual([200, 4]);
    const pdf = await fetch(`${edge.url}/api/v1/work-orders/${id}/slip.pdf`, {
      headers: { authorization: `Bearer ${CASHIER_TOKEN}` },
    });
    const text = compact(await readPdf(Buffer.from(await pdf.arrayBuffer())));
    for (const word of [
      "CW-0193",
      "2026-09-20",
      "-3.5℃",
      "关闭满30分钟",
      "客厅",
      "16.8℃",
      "19.2℃",
      "120cm",
    ]) {
      expect(text).toContain(word);
    }
    for (const word of ["同意测量结果", "王师傅", "邻居李某（见证人）"]) expect(text).toContain(word);
  });

  test("a walk-in takes a slip of the case home, in Chinese and English", async () => {
    const page = compact(readPage((await send("get", `/tickets/${ticketNo}/print`)).text));
    for (const word of ["用户诉求受理单", ticketNo, "故障报修/漏水", "慕容北辰", "卧室暖气片渗水"]) {
      expect(page).toContain(word);
    }
    const english = await send("get", `/tickets/${ticketNo}/print?lang=en&paper=a4`);
    expect(compact(readPage(english.text))).toContain("Faults/Leakathome");
    const pdf = await send("get", `/tickets/${ticketNo}/print.pdf`);
    expect([pdf.status, pdf.headers.get("content-type")]).toEqual([200, "application/pdf"]);
  });

  test("a case that was opened without words keeps none; each reader's paper says its category in his language", async () => {
    const made = await send("post", "/tickets", {
      json: { category: "fault.radiator", channel: "phone", accountNo: plantedAccountNo(59) },
    });
    expect([made.status, made.text]).toEqual([201, made.text]);
    const no = String(made.body["ticketNo"]);
    expect((await send("get", `/tickets/${no}`)).body).toMatchObject({
      summary: "",
      categoryName: "暖气片",
      timeline: [expect.objectContaining({ kind: "state", text: "" })],
    });
    const order = await send("post", `/tickets/${no}/work-orders`, { json: { kind: "repair" } });
    for (const path of [`/tickets/${no}/print`, `/work-orders/${String(order.body["id"])}/print`]) {
      expect(compact(readPage((await send("get", path)).text))).toContain("故障报修/暖气片");
      expect(compact(readPage((await send("get", `${path}?lang=en`)).text))).toContain("Faults/Radiator");
    }
  });
});

describe("photos", () => {
  test("what they are, their bytes say; the image of a signature is one of the order's", async () => {
    const refused = await send("post", `/work-orders/${id}/photos?fileName=a.jpg`, {
      raw: "no picture",
      type: "image/jpeg",
    });
    expect([refused.status, refused.body["code"]]).toEqual([422, "file.type-differs"]);
    const added = await send("post", `/work-orders/${id}/photos?caption=签字`, {
      raw: "signed",
      type: "application/octet-stream",
    });
    expect(added.status).toBe(201);
    const fileId = String(added.body["fileId"]);
    expect((await send("get", `/work-orders/${id}/photos/${fileId}`)).text).toBe("signed");
    const done = await send("post", `/work-orders/${id}/finish`, {
      json: { result: "measured", signature: { kind: "image", name: "慕容北辰", fileId } },
      ifMatch: 4,
    });
    expect([done.status, done.body["state"]]).toEqual([200, "done"]);
    expect((await send("get", `/work-orders/${id}`)).body).toMatchObject({
      firstVisit: true,
      signature: "image",
      photos: [{ fileId, caption: "签字" }],
      visitList: [{ ordinal: 1, outcome: "done" }],
    });
  });
});

describe("a stairwell", () => {
  test("gets one window for all its doors; the neighbouring area's manager finds none", async () => {
    await town.shutValves([11, 12, 13]);
    for (const home of [11, 12, 13]) await town.pay(home);
    await town.work();
    const window = {
      unitId: "0",
      from: "2026-11-12T09:00:00+08:00",
      until: "2026-11-12T12:00:00+08:00",
      crewId: String(town.crewId),
    };
    actor = { ...town.manager, scope: { kind: "areas", areaIds: [OTHER_AREA] } };
    const none = await send("post", "/valve-rounds", { json: window });
    expect([none.status, none.body["code"]]).toEqual([404, "work-order.not-found"]);
    actor = town.manager;
    for (let again = 0; again < 2; again += 1) {
      expect((await send("post", "/valve-rounds", { json: window })).body).toEqual({ scheduled: 3 });
    }
    const listed = await send("get", `/valve-rounds?day=2026-11-12&crewId=${town.crewId}`);
    expect(listed.body["items"]).toMatchObject([
      { doors: [{ slotFrom: "2026-11-12T01:00:00.000Z", state: "scheduled" }, {}, {}] },
    ]);
    await town.db.owner.sql.run(
      "update work_orders set state = 'cancelled', cancel_reason = 'x' where kind = 'valve'",
    );
    actor = town.agent;
  });
});

describe("an area", () => {
  test("that is taken away is empty on the next request: list, order, stairwells, papers", async () => {
    await town.shutValves([2]);
    await town.pay(2);
    await town.work();
    await town.run((context) =>
      openWorkOrder(context, { kind: "repair", sourceKey: "area:1", accountId: 3n }),
    );
    actor = town.manager;
    const seen = async () => {
      const [orders, rounds] = [await send("get", "/work-orders"), await send("get", "/valve-rounds")];
      return [orders.body["items"] as { id: string }[], rounds.body["items"] as unknown[]] as const;
    };
    const [orders, rounds] = await seen();
    expect([orders.length, rounds.length]).toEqual([2, 1]);
    await town.run((context) =>
      assignBuildings(context, { areaId: OTHER_AREA, buildingIds: [0n], from: day("2026-11-10") }),
    );
    const [none, nobody] = await seen();
    expect([none, nobody]).toEqual([[], []]);
    for (const path of ["", "/print", "/print.pdf"]) {
      const answer = await send("get", `/work-orders/${orders[0]?.id}${path}`);
      expect([path, answer.status, answer.body["code"]]).toEqual([path, 404, "work-order.not-found"]);
    }
    const tap = await send("post", "/valve-taps", {
      json: { doors: [{ id: orders[0]?.id, version: 1, outcome: "opened" }] },
    });
    expect(tap.body["doors"]).toMatchObject([{ result: "refused", code: "work-order.not-found" }]);
    expect((await send("post", `/accounts/${plantedAccountNo(2)}/valve-request`, { json: {} })).status).toBe(
      404,
    );
  });
});

describe("crews and duty lists", () => {
  /** Areas of the lists (null: the company's) whose numbers are seen in clear. */
  const clear = async (who: Actor, on?: string): Promise<unknown[]> => {
    actor = who;
    const query = on === undefined ? "" : `?day=${on}`;
    const { body } = await send("get", `/duty-phones${query}`);
    const items = body["items"] as { areaId: string | null; rank: number; name: string; number: string }[];
    const planted = items.filter(({ name }) => name.startsWith("值班"));
    expect(planted).toHaveLength(4);
    const seen = planted.filter(({ number }) => /^\+86138\d{8}$/.test(number));
    for (const { number } of planted.filter((one) => !seen.includes(one))) expect(number).toContain("*");
    return [...new Set(seen.map(({ areaId }) => areaId))];
  };
  const within = (role: Role, ...areaIds: bigint[]): Actor => ({
    ...town.agent,
    roles: [role],
    scope: areaIds.length === 0 ? { kind: "everything" } : { kind: "areas", areaIds },
  });

  test("tell numbers to who may have to call them, and to nobody else", async () => {
    expect(await clear(within("agent"))).toEqual(["5", "7", null]);
    expect(await clear(within("area-manager", AREA))).toEqual(["5", "7", null]);
    expect(await clear(within("area-manager", OTHER_AREA))).toEqual(["5", null]);
    expect(await clear(within("supervisor", OTHER_AREA))).toEqual(["5", null]);
    expect(await clear(within("auditor"))).toEqual([]);
    // Another day's list is for who plans it.
    expect(await clear(within("agent"), "2026-02-02")).toEqual([]);
    expect(await clear(within("supervisor"), "2026-02-02")).toEqual(["5", "7", null]);
    actor = within("supervisor");
    const number = "138 0000 0021";
    const { body } = await send("post", "/crews", { json: { code: "V7", name: "七区班", areaId: "7" } });
    const member = { name: "赵师傅", number, leads: true, from: "2026-01-01" };
    await send("post", `/crews/${String(body["id"])}/members`, { json: member });
    const numberOf = async (who: Actor): Promise<unknown> => {
      actor = who;
      const found = (await send("get", "/crews")).body["items"] as {
        code: string;
        members: { number: string }[];
      }[];
      return found.find(({ code }) => code === "V7")?.members[0]?.number;
    };
    expect(await numberOf(within("area-manager", AREA))).toBe("+8613800000021");
    expect(await numberOf(within("area-manager", OTHER_AREA))).toContain("*");
    expect(await numberOf(within("auditor"))).toContain("*");
  });

  test("are set by the supervisor and read by everybody in the field", async () => {
    actor = { ...town.agent, roles: ["supervisor"] };
    const crew = await send("post", "/crews", { json: { code: "V2", name: "开阀二班" } });
    expect(crew.status).toBe(201);
    const twice = await send("post", "/crews", { json: { code: "V2", name: "又一班" } });
    expect([twice.status, twice.body["code"]]).toEqual([409, "crew.code-taken"]);
    const member = await send("post", `/crews/${String(crew.body["id"])}/members`, {
      json: { name: "李师傅", number: "138 0000 0011", leads: true, from: "2026-11-01" },
    });
    expect(member.status).toBe(201);
    const phone = { areaId: "8", rank: 1, name: "夜班", number: "13800000012", from: "2026-11-10" };
    expect((await send("post", "/duty-phones", { json: phone })).status).toBe(201);
    actor = town.agent;
    const crews = (await send("get", "/crews")).body["items"] as { code: string; members: object[] }[];
    expect(crews.find(({ code }) => code === "V2")?.members).toMatchObject([
      { name: "李师傅", number: "+8613800000011", leads: true },
    ]);
    const ranks = async (on: string) =>
      ((await send("get", `/duty-phones?day=${on}`)).body["items"] as object[]).length;
    expect([await ranks("2026-11-09"), await ranks("2026-11-10")]).toEqual([4, 5]);
    expect((await send("post", "/duty-phones", { json: phone })).status).toBe(403);
  });
});
