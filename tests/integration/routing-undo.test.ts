/** A bulk reassignment is taken back while it is soft: what somebody has put a hand to stays where it is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { carryOutReassignment, previewReassignment, undoReassignment } from "#src/service/routing/index.ts";
import { runTicketCommand } from "#src/service/tickets/index.ts";
import { createRoutingTown, type RoutingTown } from "#tests/support/routing-town.ts";

let town: RoutingTown;
beforeAll(async () => {
  town = await createRoutingTown();
  for (let n = 0; n < 5; n += 1) await town.open({});
  await town.work();
});
afterAll(() => town.drop());

const ownersOf = () =>
  town.db.owner.sql.rows<{ login: string; count: number }>(
    `select m.login, count(*)::int as count from tickets t join staff_members m on m.id = t.owner_id
     group by m.login order by m.login`,
  );

test("nothing is taken back before it was moved", async () => {
  const { id } = await town.as(town.db.actor, (context) =>
    previewReassignment(context, { from: "manager1", to: "manager2", reason: "调岗" }),
  );
  await expect(undoReassignment(town.platform, town.db.actor, id)).rejects.toMatchObject({
    code: "reassign.not-moved",
  });
});

test("the untouched cases go back once; the accepted one stays with whoever accepted it", async () => {
  const { id } = await town.as(town.db.actor, (context) =>
    previewReassignment(context, { from: "manager1", to: "manager2", reason: "调岗" }),
  );
  await carryOutReassignment(town.platform, town.db.actor, id);
  expect(await ownersOf()).toEqual([{ login: "manager2", count: 5 }]);
  const { id: accepted } = await town.db.owner.sql.one<{ id: bigint }>("select min(id) as id from tickets");
  await town.as(town.who("manager2"), (context) => runTicketCommand(context, accepted, "accept", {}));

  const undone = await Promise.all([1, 2].map(() => undoReassignment(town.platform, town.db.actor, id)));
  expect(undone.reduce((sum, count) => sum + count, 0)).toBe(4);
  expect(await ownersOf()).toEqual([
    { login: "manager1", count: 4 },
    { login: "manager2", count: 1 },
  ]);
  expect(await undoReassignment(town.platform, town.db.actor, id)).toBe(0);
  const audits = await town.db.owner.sql.rows<{ undone: string }>(
    `select details ->> 'undone' as undone from audit_events where subject = :subject and details ? 'undone'`,
    { subject: `reassignment:${id}` },
  );
  expect(audits).toEqual([{ undone: "4" }]);
  await town.as(town.who("manager1"), (context) => runTicketCommand(context, accepted + 1n, "accept", {}));
});
