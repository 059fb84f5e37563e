/** Whoever asked about a refund hears what becomes of it, once for each piece of news. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { as, buildTicketTown, openCase } from "#tests/support/tickets.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T10:00:00+08:00");
  await buildTicketTown(db);
});
afterAll(() => db.drop());

const told = (ticketId: bigint) =>
  db.database.sql.rows<{ to: string; template: string; state: string }>(
    `select recipient as to, template, variables ->> 'state' as state from messages
     where regarding = 'ticket:' || :ticketId::bigint order by id`,
    { ticketId },
  );
const command = (ticketId: bigint, name: "accept" | "start" | "resolve") =>
  as(db, db.actor, (context) => runTicketCommand(context, ticketId, name, { text: "已与财务核对" }));

test("taken and dealt with, by the number that asked; other cases and cases without a number say nothing", async () => {
  const asked = { category: "payment.refund-progress", callerNumber: "+8613812348001" };
  const { ticketId } = await openCase(db, asked);
  const other = await openCase(db, { ...asked, category: "payment.amount" });
  const silent = await openCase(db, { category: asked.category, addressText: "金水区书香苑A1号楼1单元301" });
  for (const id of [ticketId, other.ticketId, silent.ticketId]) {
    await command(id, "accept");
    await command(id, "start");
    await command(id, "resolve");
  }
  expect(await told(ticketId)).toEqual([
    { to: "tel:+8613812348001", template: "refund-news", state: "已受理，正在核对" },
    { to: "tel:+8613812348001", template: "refund-news", state: "已处理完毕" },
  ]);
  expect([...(await told(other.ticketId)), ...(await told(silent.ticketId))]).toEqual([]);
});
