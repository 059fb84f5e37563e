/** The map: without tiles nothing of another site, with them exactly their origin; and where places lie. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
