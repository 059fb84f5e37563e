/** My day (我的片区今日): what a manager's phone is told of a case whose clock stands still. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { routes } from "#src/http/routes.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { assignDuty } from "#src/town/grid/index.ts";
import { AREA, createFieldTown, type FieldTown } from "#tests/support/field.ts";
import { ask, CASHIER_TOKEN, type Edge, startEdge } from "../http/edge.ts";

let town: FieldTown;
let edge: Edge;
beforeAll(async () => {
  town = await createFieldTown(10);
  const staffId = town.manager.id ?? 0n;
  await town.run((context) =>
    assignDuty(context, { areaId: AREA, staffId, duty: "manager", from: day("2026-01-01") }),
  );
  edge = await startEdge(town.platform, routes, { authenticate: async () => town.manager });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

test("my day says of a case whose clock stands still what it waits for and since when, not that it has no deadline", async () => {
  const ticketId = await town.ticket({ category: "heat.not-hot", accountId: 1n });
  const mine = async () => {
    const { ticketNo } = await town.db.owner.sql.one<{ ticketNo: string }>(
      `select ticket_no as "ticketNo" from tickets where id = :ticketId`,
      { ticketId },
    );
    const { cases } = (await ask(edge, "/api/v1/my-day", { method: "GET", token: CASHIER_TOKEN })).body as {
      cases: Record<string, unknown>[];
    };
    return cases.find((one) => one["ticketNo"] === ticketNo);
  };
  const before = await mine();
  expect(before).toMatchObject({ dueAt: expect.any(String) as string, waits: null });
  const since = town.db.clock.now().toISOString();
  await town.run(async (context) => {
    await runTicketCommand(context, ticketId, "accept");
    await runTicketCommand(context, ticketId, "wait", { text: "等配件", pauseReason: "parts" });
  });
  town.db.clock.advanceMs(3_600_000);
  expect(await mine()).toMatchObject({
    dueAt: null,
    waits: { for: "等配件", forEn: "waiting for parts", since, dueThen: before?.["dueAt"] },
  });
  await town.run((context) => runTicketCommand(context, ticketId, "resume"));
  expect(await mine()).toMatchObject({ dueAt: expect.any(String) as string, waits: null });
});
