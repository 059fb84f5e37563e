/** The nightly proof of the cases: what does not agree with itself is a task for a person. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";
import { proveTickets } from "#workers/ticket-check.ts";

let db: TestDatabase;
let town: TicketTown;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  town = await buildTicketTown(db);
});
afterAll(() => db.drop());

test("the nightly proof tells a person which cases do not agree with themselves, once a day", async () => {
  const { ticketId } = await openCase(db, { accountId: town.accountId });
  const services = { platform: platformOf(db), log: quietLog };
  expect(await proveTickets(services, day("2026-11-16"))).toEqual({ offenders: 0 });
  await db.owner.sql.run("update tickets set version = version + 1 where id = :ticketId", { ticketId });
  expect(await proveTickets(services, day("2026-11-16"))).toEqual({ offenders: 1 });
  expect(await proveTickets(services, day("2026-11-16"))).toEqual({ offenders: 1 });
  const tasks = await db.database.sql.rows(
    `select owner_role as "ownerRole" from tasks where kind = 'tickets-not-proven'`,
  );
  expect(tasks).toEqual([{ ownerRole: "supervisor" }]);
});
