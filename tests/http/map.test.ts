/** The map: without tiles nothing of another site, with them exactly their origin; and where places lie. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import writeXlsxFile from "write-excel-file/node";
import type { Actor, Role } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { networkRoutes } from "#src/town/network/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { buildSmallTown } from "#tests/support/small-town.ts";
import { ask, type Edge, platformOf, startEdge } from "./edge.ts";

const TILES = {
  url: "https://tiles.example.com/{z}/{x}/{y}.png",
  origin: "https://tiles.example.com",
  credit: "审图号 GS(2026)1号",
};

let db: TestDatabase;
let bare: Edge;
let mapped: Edge;
let places: { communityId: string; buildingId: string };
const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-console-"));

beforeAll(async () => {
  db = await createTestDatabase();
  await buildSmallTown(db);
  places = await db.database.sql.one<{ communityId: string; buildingId: string }>(
    `select community_id::text as "communityId", id::text as "buildingId" from buildings order by id limit 1`,
  );
  for (const name of ["index.html", "household.html"])
    writeFileSync(path.join(folder, name), `<!doctype html><title>${name}</title>`);
  const caller = (role: Role): Actor => ({ ...db.actor, roles: [role] });
  const start = (platform: Platform): Promise<Edge> =>
    startEdge(platform, networkRoutes, {
      consoleFolder: folder,
      authenticate: async (credential) =>
        credential.kind === "token"
          ? caller(credential.token === "token-of-the-admin" ? "admin" : "agent")
          : null,
    });
  bare = await start(platformOf(db));
  mapped = await start({ ...platformOf(db), mapTiles: TILES });
});
afterAll(async () => {
  await bare.stop();
  await mapped.stop();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const policyOf = async (edge: Edge, address: string): Promise<{ images: string; embedder: string }> => {
  const answer = await fetch(`${edge.url}${address}`, { headers: { accept: "text/html" } });
  expect(answer.status).toBe(200);
  const policy = answer.headers.get("content-security-policy") ?? "";
  return {
    images: policy.split("; ").find((part) => part.startsWith("img-src")) ?? "",
    embedder: answer.headers.get("cross-origin-embedder-policy") ?? "",
  };
};
const put = (positions: readonly unknown[], token = "token-of-the-admin") =>
  ask(mapped, "/api/v1/network/positions", { method: "PUT", token, json: { positions } });

describe("the content policy", () => {
  test("names no other site while there are no tiles", async () => {
    expect(await policyOf(bare, "/incidents")).toEqual({
      images: "img-src 'self' data: blob:",
      embedder: "require-corp",
    });
  });

  test("lets the console show pictures of the tiles' origin, and the household's page nothing more", async () => {
    expect(await policyOf(mapped, "/incidents")).toEqual({
      images: "img-src 'self' data: blob: https://tiles.example.com",
      embedder: "credentialless",
    });
    expect((await policyOf(mapped, "/me")).images).toBe("img-src 'self' data: blob:");
  });
});

describe("positions", () => {
  test("are set by whoever keeps the network, over what stood there, and are read with the tiles", async () => {
    const { communityId, buildingId } = places;
    const first = await put([
      { communityId, latitude: 34.747215, longitude: 113.625368 },
      { buildingId, latitude: 34.7, longitude: 113.6 },
    ]);
    expect([first.status, first.body]).toEqual([200, { placed: 2 }]);
    await put([{ buildingId, latitude: 34.75, longitude: 113.63 }]);
    const read = await ask(mapped, "/api/v1/network/map", { token: "token-of-an-agent" });
    expect(read.body).toEqual({
      tiles: { url: TILES.url, credit: TILES.credit },
      communities: [{ id: communityId, latitude: 34.747215, longitude: 113.625368 }],
      buildings: [{ id: buildingId, latitude: 34.75, longitude: 113.63 }],
    });
    const without = await ask(bare, "/api/v1/network/map", { token: "token-of-an-agent" });
    expect(without.body).toEqual({ tiles: null, communities: [], buildings: [] });
    expect((await put([{ buildingId, latitude: 1, longitude: 1 }], "token-of-an-agent")).status).toBe(403);
  });

  test("are taken all or not at all", async () => {
    const { buildingId, communityId } = places;
    const here = { latitude: 35, longitude: 114 };
    const unknown = await put([
      { buildingId, ...here },
      { buildingId: "999999", ...here },
    ]);
    expect([unknown.status, unknown.body["code"]]).toEqual([422, "network.place-unknown"]);
    const twice = await put([
      { buildingId, ...here },
      { buildingId, ...here },
    ]);
    expect(twice.body["code"]).toBe("network.position-twice");
    for (const wrong of [
      { ...here },
      { buildingId, communityId, ...here },
      { buildingId, latitude: 91, longitude: 1 },
    ])
      expect((await put([wrong])).status).toBe(400);
    const read = await ask(mapped, "/api/v1/network/map", { token: "token-of-an-agent" });
    expect(read.body["buildings"]).toEqual([{ id: buildingId, latitude: 34.75, longitude: 113.63 }]);
  });
});

describe("a list of positions", () => {
  const TOKEN = "token-of-the-admin";
  const send = (raw: string | Uint8Array<ArrayBuffer>, query = "", token = TOKEN) =>
    ask(mapped, `/api/v1/network/position-lists${query}`, { method: "POST", token, raw });
  const standing = async () =>
    (await ask(mapped, "/api/v1/network/map", { token: "token-of-an-agent" })).body["buildings"];
  const HEADER = "小区,楼栋,纬度,经度";
  const LIST = `${HEADER}\n书香苑A,1号楼,34.751,113.631\n书香苑A,,34.752,113.632\n`;

  test("is looked at, then saved, and changes nothing the second time; whoever does not keep the network may not", async () => {
    const before = await standing();
    const looked = await send(LIST);
    expect([looked.status, looked.body]).toEqual([
      200,
      {
        saved: false,
        encoding: "utf-8",
        columns: ["community", "building", "latitude", "longitude"].map((column, n) => ({
          heading: HEADER.split(",")[n],
          column,
        })),
        rows: 2,
        moved: 2,
        same: 0,
        refused: 0,
        head: [
          {
            rowNo: 2,
            communityCode: "",
            community: "书香苑A",
            building: "1号楼",
            latitude: "34.751",
            longitude: "113.631",
          },
          {
            rowNo: 3,
            communityCode: "",
            community: "书香苑A",
            building: "",
            latitude: "34.752",
            longitude: "113.632",
          },
        ],
        refusals: [],
      },
    ]);
    expect(await standing()).toEqual(before);
    expect((await send(LIST, "?dry=false", "token-of-an-agent")).status).toBe(403);
    expect((await send(LIST, "?dry=false")).body).toMatchObject({ saved: true, moved: 2 });
    expect(await standing()).toEqual([{ id: places.buildingId, latitude: 34.751, longitude: 113.631 }]);
    expect((await send(LIST, "?dry=false")).body).toMatchObject({ saved: true, moved: 0, same: 2 });
    const audited = await db.owner.sql.rows(
      "select details from audit_events where command = 'network.place' order by id desc limit 1",
    );
    expect(audited).toEqual([{ details: { placed: 2 } }]);
  });

  test("comes as people make it: pasted columns, a Chinese Windows, a workbook", async () => {
    const tabs = await send(LIST.replaceAll(",", "\t"));
    expect(tabs.body).toMatchObject({ encoding: "utf-8", rows: 2, same: 2 });
    const gb = new Uint8Array(iconv.encode(LIST, "gb18030"));
    expect((await send(gb)).body).toMatchObject({ encoding: "gb18030", same: 2 });
    expect((await send(gb, "?encoding=gb18030")).body).toMatchObject({ encoding: "gb18030", same: 2 });
    const sheet = [
      [{ value: "小区编码" }, { value: "楼号" }, { value: "经度" }, { value: "纬度" }],
      [{ value: "CA" }, { value: "1号楼" }, { value: 113.631 }, { value: 34.751 }],
    ];
    const workbook = new Uint8Array(await writeXlsxFile(sheet).toBuffer());
    expect((await send(workbook)).body).toMatchObject({ encoding: "xlsx", rows: 1, same: 1 });
  });

  test("with a wrong row nothing is saved, and the row is named", async () => {
    const before = await standing();
    const wrong = `${LIST.replace("34.751", "34.999")}书香苑A,9号楼,34.7,113.6\n`;
    const looked = await send(wrong);
    expect(looked.body).toMatchObject({
      moved: 1,
      same: 1,
      refused: 1,
      refusals: [{ rowNo: 4, refusal: "building-unknown", community: "书香苑A", building: "9号楼" }],
    });
    const saved = await send(wrong, "?dry=false");
    expect([saved.status, saved.body["code"]]).toEqual([422, "position-list.rows-refused"]);
    expect(await standing()).toEqual(before);
  });

  test.each<[string, string | Uint8Array<ArrayBuffer>, string, number, string]>([
    ["no row", HEADER, "", 400, "position-list.empty"],
    ["nothing", " ", "", 400, "position-list.column-missing"],
    ["no header", LIST.slice(HEADER.length + 1), "", 400, "position-list.unknown-column"],
    ["a column that says nothing of places", `${HEADER},备注\n`, "", 400, "position-list.unknown-column"],
    ["no community", "楼栋,纬度,经度\n1号楼,1,1", "", 400, "position-list.column-missing"],
    ["no longitude", "小区,纬度\n书香苑A,1", "", 400, "position-list.column-missing"],
    [
      "another encoding than declared",
      new Uint8Array(iconv.encode(LIST, "gb18030")),
      "?encoding=utf-8",
      400,
      "position-list.wrong-encoding",
    ],
    ["no workbook", new Uint8Array([0x50, 0x4b, 3, 4, 1]), "", 400, "position-list.unreadable"],
    ["a quotation mark alone", `${HEADER}\n"书香苑A,1,1,1`, "", 400, "position-list.unreadable"],
  ])("as a whole is refused: %s", async (_, raw, query, status, code) => {
    const answer = await send(raw, query);
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
  });
});
