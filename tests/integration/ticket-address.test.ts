/** A case of which only an address is known. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ticketOfId } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let town: TicketTown;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  town = await buildTicketTown(db);
});
afterAll(() => db.drop());

test("where only an address is said, the one building that it names is guessed, and the timeline says so", async () => {
  const planted = await db.owner.sql.rows<{ id: bigint }>(
    `with community as (
       insert into communities (code, name, base_name, district)
       values ('TIANHE', '天禾书香小区', '天禾书香', '金水区') returning id
     )
     insert into buildings (community_id, loop_id, name)
     select community.id, building.loop_id, planted.name from community, buildings building,
       unnest(array['2号楼', '7号楼西', '7号楼东']) planted (name) where building.id = :id
     returning id`,
    { id: town.buildingId },
  );
  const addressText = "天禾书香小区2号楼802";
  const opened = await openCase(db, { addressText });
  const buildingId = planted[0]?.id;
  expect(await ticketOfId(db.database.sql, opened.ticketId)).toMatchObject({
    buildingId,
    accountId: null,
    addressText,
  });
  const [first] = await db.database.sql.rows<{ details: Record<string, unknown> }>(
    "select details from ticket_entries where ticket_id = :id order by id limit 1",
    { id: opened.ticketId },
  );
  expect(first?.details).toMatchObject({ buildingGuessed: true });
  for (const vague of ["天禾书香小区7号楼802", "天禾书香小区9号楼", "天禾书香小区", "路口1号", "2号楼"]) {
    const { ticketId } = await openCase(db, { addressText: vague });
    expect(await ticketOfId(db.database.sql, ticketId)).toMatchObject({
      buildingId: null,
      addressText: vague,
    });
  }
});
