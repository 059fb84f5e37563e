/** Tests over HTTP: If-Match, areas, papers, photos, the calendar, and the screen pop of who calls on the day. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createTestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import {
  createTestTown,
  homeId,
  numberOf,
  PHOTO,
  stairwellId,
  type TestTown,
} from "#tests/support/test-town.ts";
import { openCase } from "#tests/support/tickets.ts";
import { compact, readPage, readPdf } from "../documents/read-pdf.ts";
import { type Answer, ask, CASHIER_TOKEN, type Edge, startEdge } from "./edge.ts";

let town: TestTown;
let edge: Edge;
let actor: Actor;
let agent: Actor;
let roundId: string;
let tests: { id: string; testNo: string; buildingId: string }[];
beforeAll(async () => {
  const db = await createTestDatabase("2026-10-20T10:00:00+08:00");
  town = await createTestTown(db, { buildings: 3, stairwells: 2, homes: 4, silent: [homeId(1, 1, 1)] });
  agent = await person(db, "test-agent", ["agent"]);
  edge = await startEdge(town.platform, routes, { authenticate: async () => actor });
  actor = town.maker;
  const planned = await send("post", "/pressure-rounds", {
    json: {
      kind: "pressure",
      stationId: "1",
      startsAt: "2026-10-30T09:00:00+08:00",
      endsAt: "2026-10-30T18:00:00+08:00",
      contactName: "赵师傅",
      contactNumber: "0371-60000000",
      pressure: { requiredKpa: 800, holdMinutes: 30, allowedDropKpa: 20 },
      note: "缴费截止 11 月 10 日",
    },
  });
  if (planned.status !== 201) throw new Error(planned.text);
  roundId = String(planned.body["id"]);
  tests = planned.body["tests"] as typeof tests;
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

type More = {
  readonly json?: unknown;
  readonly ifMatch?: number;
  readonly raw?: Uint8Array<ArrayBuffer>;
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
const bytesOf = async (path: string): Promise<Response> =>
  fetch(`${edge.url}/api/v1${path}`, { headers: { authorization: `Bearer ${CASHIER_TOKEN}` } });
const as = async <T>(who: Actor, work: () => Promise<T>): Promise<T> => {
  const before = actor;
  actor = who;
  try {
    return await work();
  } finally {
    actor = before;
  }
};
const idOf = (index: number): string => tests[index]?.id ?? "0";

describe("a test", () => {
  test("is found by its id and by the number on the paper, with its round", async () => {
    const shown = await send("get", `/pressure-tests/${tests[0]?.testNo}`);
    expect(shown.headers.get("etag")).toBe('"1"');
    expect(shown.body).toMatchObject({
      id: idOf(0),
      state: "planned",
      building: "1号楼",
      round: { id: roundId, requiredKpa: 800 },
      windows: [{ windowNo: 1, endedBy: null }],
    });
  });

  test("is changed only by whoever has seen it as it is", async () => {
    const path = `/pressure-tests/${idOf(2)}/move`;
    const json = {
      startsAt: "2026-10-31T09:00:00+08:00",
      endsAt: "2026-10-31T18:00:00+08:00",
      reason: "设备检修",
    };
    expect((await send("post", path, { json })).status).toBe(428);
    const done = await send("post", path, { json, ifMatch: 1 });
    expect([done.status, done.headers.get("etag"), done.body["state"]]).toEqual([200, '"2"', "planned"]);
    const late = await send("post", `/pressure-tests/${idOf(2)}/cancel`, {
      json: { reason: "x" },
      ifMatch: 1,
    });
    expect([late.status, late.body["code"]]).toEqual([412, "version.stale"]);
    const wrong = await send("post", `/pressure-tests/${idOf(2)}/pass`, { json: {}, ifMatch: 2 });
    expect([wrong.status, wrong.body["code"]]).toEqual([409, "pressure-test.refused"]);
  });

  test("does not exist for another area, on any route; a round shows each area its own", async () => {
    const id = idOf(0);
    await as(town.westManager, async () => {
      const all: readonly (readonly [string, string, More?])[] = [
        ["get", `/pressure-tests/${id}`],
        ["get", `/pressure-tests/${id}/reach`],
        ["get", `/pressure-tests/${id}/gaps`],
        ["get", `/pressure-tests/${id}/homes`],
        ["get", `/pressure-tests/${id}/stairwells.pdf`],
        ["get", `/pressure-tests/${id}/stairwells/11/print`],
        ["get", `/pressure-tests/${id}/posting-list`],
        ["get", `/pressure-tests/${id}/posting-list.pdf`],
        ["get", `/pressure-tests/${id}/photos/1`],
        ["post", `/pressure-tests/${id}/begin`, { json: {}, ifMatch: 1 }],
        ["post", `/pressure-tests/${id}/pass`, { json: {}, ifMatch: 1 }],
        ["post", `/pressure-tests/${id}/fail`, { json: { reason: "x" }, ifMatch: 1 }],
        ["post", `/pressure-tests/${id}/cancel`, { json: { reason: "x" }, ifMatch: 1 }],
        ["post", `/pressure-tests/${id}/postpone`, { json: { reason: "x" }, ifMatch: 1 }],
        [
          "post",
          `/pressure-tests/${id}/doors`,
          { json: { premisesId: String(homeId(1, 1, 1)), outcome: "told" } },
        ],
        ["post", `/pressure-tests/${id}/leaks`, { json: { ticketNo: "100017" } }],
        ["post", `/pressure-tests/${id}/isolations`, { json: { ticketNo: "100017" } }],
        ["post", `/pressure-tests/${id}/absences`, { json: { accountNo: "71101" } }],
        [
          "post",
          `/pressure-tests/${id}/stairwells/11/photo`,
          { raw: new Uint8Array(PHOTO), type: "image/png" },
        ],
      ];
      for (const [method, path, more] of all) {
        const answer = await send(method, path, more);
        expect([path, answer.status, answer.body["code"]]).toEqual([path, 404, "pressure-test.not-found"]);
      }
      const own = await send("get", `/pressure-rounds/${roundId}`);
      expect((own.body["tests"] as { id: string }[]).map((one) => one.id)).toEqual([idOf(2)]);
      const listed = await send("get", "/pressure-tests");
      expect((listed.body["items"] as { id: string }[]).map((one) => one.id)).toEqual([idOf(2)]);
      const days = (await send("get", "/pressure-calendar?from=2026-10-01")).body["days"] as unknown[];
      expect(days).toMatchObject([{ day: "2026-10-31", tests: [{ id: idOf(2) }] }]);
    });
    const firm = { json: { name: "春晖物业", number: "13800000009" } };
    expect((await send("put", "/network/communities/1/property-firm", firm)).status).toBe(200);
    expect((await send("put", "/network/communities/77/property-firm", firm)).body["code"]).toBe(
      "community.not-found",
    );
  });

  test("an agent reads and does not write", async () => {
    await as(agent, async () => {
      expect((await send("get", `/pressure-tests/${idOf(0)}`)).status).toBe(200);
      expect(
        (await send("post", `/pressure-rounds/${roundId}/announce`, { json: { stage: "week-before" } }))
          .status,
      ).toBe(403);
    });
  });
});

describe("papers", () => {
  test("each stairwell has its notice with slips to tear off, as page and in one PDF; the text can be read out of it", async () => {
    const page = await send("get", `/pressure-tests/${idOf(0)}/stairwells/${stairwellId(1, 2)}/print`);
    expect(page.status).toBe(200);
    const text = compact(readPage(page.text));
    for (const words of [
      "供暖系统注水试压通知",
      "春晖苑1号楼2单元",
      "2026-10-3009:00-18:00",
      "赵师傅0371-60000000",
      "报停、未开通和空置房屋",
      "沿虚线撕下",
      "回执",
      "缴费截止11月10日",
    ]) {
      expect(text).toContain(compact(words));
    }
    const pdf = await bytesOf(`/pressure-tests/${idOf(0)}/stairwells.pdf`);
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    const read = compact(await readPdf(Buffer.from(await pdf.arrayBuffer())));
    expect(read).toContain("春晖苑1号楼1单元");
    expect(read).toContain("春晖苑1号楼2单元");
    expect(read.split("供暖系统注水试压通知")).toHaveLength(3);
    const other = await send("get", `/pressure-tests/${idOf(0)}/stairwells/${stairwellId(2, 1)}/print`);
    expect([other.status, other.body["code"]]).toEqual([404, "pressure-test.stairwell-unknown"]);
    const none = await send("get", `/pressure-tests/${idOf(0)}/stairwells/11/print?paper=result`);
    expect([none.status, none.body["code"]]).toEqual([409, "pressure-test.nothing-to-post"]);
  });

  test("whoever is named on paper has a name, and a number that a telephone dials from the code", async () => {
    const wanted = {
      kind: "cold-run",
      buildingIds: ["3"],
      startsAt: "2026-11-02T09:00:00+08:00",
      endsAt: "2026-11-02T18:00:00+08:00",
      contactName: "王😀【x】",
      contactNumber: "0371-60000000",
    };
    expect((await send("post", "/pressure-rounds", { json: wanted })).status).toBe(400);
    const unreadable = { ...wanted, contactName: "王师傅", contactNumber: "abc" };
    const refused = await send("post", "/pressure-rounds", { json: unreadable });
    expect([refused.body["code"], refused.body["field"]]).toEqual(["phone.unreadable", "contactNumber"]);
    const page = await send("get", `/pressure-tests/${idOf(0)}/stairwells/${stairwellId(1, 2)}/print`);
    expect(page.text).toContain("tel:+8637160000000");
    expect(page.text).not.toContain("工作人员");
  });

  test("a photo proves a posting; the posting list shows it, and the doors to knock on", async () => {
    const path = `/pressure-tests/${idOf(0)}/stairwells/${stairwellId(1, 2)}/photo`;
    const photo = await send("post", path, { raw: new Uint8Array(PHOTO), type: "image/png" });
    expect(photo.status).toBe(201);
    const saved = await bytesOf(`/pressure-tests/${idOf(0)}/photos/${String(photo.body["fileId"])}`);
    expect(Buffer.from(await saved.arrayBuffer())).toEqual(PHOTO);
    expect(
      (await send("get", `/pressure-tests/${idOf(1)}/photos/${String(photo.body["fileId"])}`)).status,
    ).toBe(404);
    const list = compact(readPage((await send("get", `/pressure-tests/${idOf(0)}/posting-list`)).text));
    expect(list).toContain(compact("试压通知张贴清单"));
    expect(list).toContain(compact("2026-10-20 10:00"));
    expect(list).toContain(compact("以下 4 户短信未送达"));
    const pdf = compact(
      await readPdf(
        Buffer.from(await (await bytesOf(`/pressure-tests/${idOf(0)}/posting-list.pdf`)).arrayBuffer()),
      ),
    );
    expect(pdf).toContain(compact("敲门名单"));
    expect(pdf).toContain(compact("沿虚线撕下，交回办公室"));
    const reach = await send("get", `/pressure-tests/${idOf(0)}/reach`);
    expect(reach.body["stairwells"]).toMatchObject([
      { name: "1单元", homes: 4, reached: 0, unnamed: 4 },
      { name: "2单元", homes: 4, reached: 4, unnamed: 0 },
    ]);
    const homes = (await send("get", `/pressure-tests/${idOf(0)}/homes`)).body["items"] as {
      way: string;
    }[];
    expect(homes.map(({ way }) => way)).toEqual([
      ...Array<string>(4).fill("nobody"),
      ...Array<string>(4).fill("paper"),
    ]);
    const gaps = (await send("get", `/pressure-tests/${idOf(0)}/gaps`)).body["items"] as unknown[];
    expect(gaps).toHaveLength(4);
    // Its notice waits for an approval: nothing has gone yet.
    expect(gaps[0]).toMatchObject({ door: "1", reason: "not-sent", knock: null, knowsFormer: false });
  });
});

describe("the day", () => {
  test("doors, readings, leaks and isolation by their routes; the screen pop says what happens in the building", async () => {
    const announced = await send("post", `/pressure-rounds/${roundId}/announce`, {
      json: { stage: "week-before" },
    });
    expect([announced.status, (announced.body["noticeIds"] as string[]).length]).toEqual([201, 2]);
    await town.approve(BigInt((announced.body["noticeIds"] as string[])[0] ?? "0"));
    town.db.clock.set("2026-10-23T09:00:00+08:00");
    await town.carry();
    town.db.clock.set("2026-10-30T09:10:00+08:00");
    const id = idOf(0);
    const early = await send("post", `/pressure-tests/${id}/begin`, { json: {}, ifMatch: 2 });
    expect([early.status, early.body["code"]]).toEqual([409, "pressure-test.gaps-unnamed"]);
    const door = { premisesId: String(homeId(1, 1, 1)), outcome: "told" };
    expect((await send("post", `/pressure-tests/${id}/doors`, { json: door })).status).toBe(201);
    expect((await send("post", `/pressure-tests/${id}/begin`, { json: {}, ifMatch: 2 })).body).toMatchObject({
      state: "running",
      version: 3,
    });
    const away = { json: { accountNo: `7${homeId(1, 2, 3)}`, note: "钥匙在物业" } };
    // On the telephone: an agent takes it down, for a household of this building.
    expect((await as(agent, () => send("post", `/pressure-tests/${id}/absences`, away))).status).toBe(201);
    const elsewhere = await send("post", `/pressure-tests/${id}/absences`, {
      json: { accountNo: `7${homeId(2, 1, 1)}` },
    });
    expect([elsewhere.status, elsewhere.body["code"]]).toEqual([409, "pressure-test.no-absence"]);
    town.db.clock.set("2026-10-30T10:00:00+08:00");
    const { ticketNo } = await openCase(town.db, {
      category: "fault.leak",
      accountId: homeId(1, 2, 2),
      summary: "漏",
    });
    expect((await send("post", `/pressure-tests/${id}/leaks`, { json: { ticketNo } })).status).toBe(201);
    const isolation = { json: { ticketNo, at: "2026-10-30T10:00:00+08:00" } };
    expect((await send("post", `/pressure-tests/${id}/isolations`, isolation)).status).toBe(201);
    expect((await send("post", `/pressure-tests/${id}/isolations`, isolation)).body["code"]).toBe(
      "pressure-test.isolated-already",
    );
    const reading = {
      measuredAt: "2026-10-30T10:00:00+08:00",
      startKpa: 820,
      holdMinutes: 30,
      endKpa: 812,
      gaugeNo: "P-0193",
      measurer: "钱师傅",
      witness: "孙某",
      witnessOf: "property-firm",
    };
    expect((await send("post", `/pressure-tests/${id}/readings`, { json: reading })).status).toBe(201);
    const shown = await send("get", `/pressure-tests/${id}`);
    expect(shown.body).toMatchObject({
      readings: [{ dropKpa: 8, witness: "孙某", witnessOf: "property-firm" }],
      leaks: [{ ticketNo, isolatedAt: "2026-10-30T02:00:00.000Z" }],
      absences: [{ accountNo: `7${homeId(1, 2, 3)}`, taskState: "open" }],
    });

    const pop = await as(agent, () =>
      send("post", "/hotline/pop", { json: { number: numberOf(homeId(1, 2, 2)) } }),
    );
    expect(pop.status).toBe(200);
    expect(pop.body["household"]).toMatchObject({
      today: {
        tests: [
          {
            testNo: tests[0]?.testNo,
            kind: "pressure",
            state: "running",
            window: "2026-10-30 09:00 - 18:00",
          },
        ],
        closings: [],
      },
      notices: [{ purpose: "service-notice", channel: "sms", state: "delivered" }],
    });
    const ofHousehold = (pop.body["household"] as { notices: { title: string }[] }).notices;
    expect(ofHousehold[0]?.title).toContain("注水试压提前一周");
  });

  test("what is closed in the building today stands beside it", async () => {
    await town.db.owner.sql.run(
      `insert into state_changes (machine, account_id, charge_point_id, from_state, to_state, reason, effective_on, changed_at)
       values ('valve', :home, :home, 'open', 'closed', 'unpaid', '2026-10-30', now())`,
      { home: homeId(1, 2, 1) },
    );
    const today = async (home: bigint) => {
      const pop = await as(agent, () => send("post", "/hotline/pop", { json: { number: numberOf(home) } }));
      return (pop.body["household"] as { today: unknown }).today;
    };
    expect(await today(homeId(1, 2, 3))).toMatchObject({
      tests: [{ testNo: tests[0]?.testNo }],
      closings: [{ kind: "valve-closed", homes: 1, own: false }],
    });
    expect(await today(homeId(1, 2, 1))).toMatchObject({ closings: [{ homes: 1, own: true }] });
    // It was to be today and was moved: who calls asks about just that.
    expect(await today(homeId(3, 1, 1))).toMatchObject({
      tests: [{ state: "announced", window: "2026-10-31 09:00 - 18:00" }],
      closings: [],
    });
  });

  test("the calendar shows every test by day", async () => {
    const days = (await send("get", "/pressure-calendar?from=2026-10-25&days=10")).body["days"];
    expect(days).toMatchObject([
      {
        day: "2026-10-30",
        tests: [{ building: "春晖苑1号楼", state: "running" }, { building: "春晖苑2号楼" }],
      },
      { day: "2026-10-31", tests: [{ building: "春晖苑3号楼" }] },
    ]);
    const figures = (await send("get", "/pressure-figures?day=2026-10-30")).body;
    expect(figures).toMatchObject({
      planned: 2,
      open: 2,
      moved: 0,
      homes: 16,
      reached: 16,
      reach: 10_000,
      unnamedGaps: 0,
      leaks: 1,
      leaksIsolated: 1,
      told: { "week-before": 16 },
    });
    // Building 3 was moved before the day began, and lies in the west.
    const west = (await as(town.westManager, () => send("get", "/pressure-figures?day=2026-10-31"))).body;
    expect(west).toMatchObject({ planned: 1, homes: 8 });
    expect(
      (await as(town.westManager, () => send("get", "/pressure-figures?day=2026-10-30"))).body,
    ).toMatchObject({ planned: 0, homes: 0 });
    const round = await send("get", `/pressure-rounds/${roundId}`);
    expect(round.body["reach"]).toMatchObject({ homes: 24, reach: 6667 });
  });
});
