/** Rounds over HTTP: what one would hold before it is planned, and how far each of its buildings is told. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createTestDatabase } from "#tests/support/database.ts";
import { createTestTown, type TestTown } from "#tests/support/test-town.ts";
import { type Answer, ask, CASHIER_TOKEN, type Edge, startEdge } from "./edge.ts";

let town: TestTown;
let edge: Edge;
let actor: Actor;
beforeAll(async () => {
  town = await createTestTown(await createTestDatabase("2026-10-20T10:00:00+08:00"), {
    buildings: 3,
    stairwells: 2,
    homes: 4,
  });
  actor = town.maker;
  edge = await startEdge(town.platform, routes, { authenticate: async () => actor });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const send = (path: string, json?: unknown): Promise<Answer> =>
  ask(edge, `/api/v1${path}`, { token: CASHIER_TOKEN, ...(json === undefined ? {} : { json }) });
type Held = readonly { readonly id: string; readonly name: string; readonly aheadNo: string | null }[];
const lookAt = async (more: object = {}): Promise<{ readonly held: Held; readonly beyond: unknown }> => {
  const { body } = await send("/pressure-round-previews", {
    kind: "pressure",
    stationId: "1",
    startsAt: "2026-11-02T09:00:00+08:00",
    ...more,
  });
  return { held: body["buildings"] as Held, beyond: body["beyond"] };
};

test("a round is looked at before it is planned: its buildings, what they have ahead, and what lies beyond", async () => {
  const before = await lookAt();
  expect([before.held.length, before.beyond]).toEqual([3, 0]);
  expect(before.held.map(({ aheadNo }) => aheadNo)).toEqual([null, null, null]);
  const [first, second] = before.held;
  const window = { startsAt: "2026-10-30T09:00:00+08:00", endsAt: "2026-10-30T18:00:00+08:00" };
  const planned = await send("/pressure-rounds", {
    kind: "pressure",
    buildingIds: [first?.id, second?.id],
    ...window,
    windows: [
      {
        buildingId: second?.id,
        startsAt: "2026-10-31T13:00:00+08:00",
        endsAt: "2026-10-31T17:00:00+08:00",
      },
    ],
    contactName: "赵师傅",
    contactNumber: "0371-60000000",
    pressure: { requiredKpa: 800, holdMinutes: 30, allowedDropKpa: 20 },
  });
  expect(planned.status).toBe(201);
  const { tests } = planned.body as { tests: { testNo: string }[] };
  const after = await lookAt();
  expect(after.held.map(({ aheadNo }) => aheadNo)).toEqual([tests[0]?.testNo, tests[1]?.testNo, null]);
  // Another kind may be planned beside.
  const cold = await lookAt({ kind: "cold-run" });
  expect(cold.held.map(({ aheadNo }) => aheadNo)).toEqual([null, null, null]);

  const round = await send(`/pressure-rounds/${String(planned.body["id"])}`);
  expect(round.body["tests"]).toMatchObject([
    { homes: 8, reached: 0, unnamed: 8, startsAt: new Date(window.startsAt).toISOString() },
    { homes: 8, reached: 0, unnamed: 8, startsAt: "2026-10-31T05:00:00.000Z" },
  ]);
  expect(round.body["reach"]).toMatchObject({ homes: 16, reached: 0, unnamed: 16 });
});

test("whoever is bound to areas sees the buildings there, and how many are beyond", async () => {
  actor = town.westManager;
  const near = await lookAt();
  expect([near.held.length, near.beyond]).toEqual([1, 2]);
  actor = town.maker;
  const nothing = await send("/pressure-round-previews", { kind: "pressure" });
  expect([nothing.status, nothing.body["code"]]).toEqual([422, "supply.nothing-named"]);
});
