import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor, Scope } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  closeTask,
  type NewTask,
  openTask,
  openTasks,
  recallTask,
  takeTask,
  taskRoutes,
} from "#src/office/tasks/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
let agent: Actor;
let areaId: bigint;
beforeAll(async () => {
  db = await createTestDatabase();
  agent = await person(db, "agent", ["agent"]);
  areaId = (
    await db.owner.sql.one<{ id: bigint }>(
      "insert into service_areas (code, name, level) values ('a', 'a', 'area') returning id",
    )
  ).id;
});
afterAll(() => db.drop());

const as = async <T>(actor: Actor, work: (context: CommandContext) => Promise<T>): Promise<T> =>
  (await db.commands.run({ name: "test", actor }, work)).result;
const task = (source: string, more: Partial<NewTask> = {}): NewTask => ({
  kind: "test",
  source,
  title: `Look at ${source}`,
  ownerRole: "agent",
  ...more,
});
const open = (wanted: NewTask) => as(db.actor, (context) => openTask(context, wanted));
const list = async (actor: Actor, query: Record<string, string> = {}) => {
  const route = taskRoutes.find((one) => one.method === "get");
  const reply = await route?.handle({
    platform: platformOf(db),
    actor,
    params: {},
    query: route.query.parse(query),
    body: undefined,
    requestId: "r",
    idempotency: undefined,
    ifMatch: undefined,
    headers: {},
    remoteAddress: "",
    credential: undefined,
  });
  return route?.response.parse(reply?.body) as {
    items: { id: string; source: string; version: number }[];
    nextCursor: string | null;
  };
};
const inScope = (scope: Scope): Actor => ({ ...agent, scope });

describe("the list of work", () => {
  test("a source raises its task once, also at the same time and after it was closed", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => open(task("s1"))));
    expect(new Set(all.map((one) => one.id)).size).toBe(1);
    expect(all.filter((one) => one.opened)).toHaveLength(1);
    const id = all[0]?.id ?? 0n;
    await as(agent, (context) => closeTask(context, id, 1, "done so"));
    expect(await open(task("s1"))).toEqual({ id, opened: false });
    expect((await list(agent, { kind: "test" })).items).toEqual([]);
  });

  test("many are opened in one statement, answered in order", async () => {
    const wanted = Array.from({ length: 500 }, (_, index) => task(`m${index % 400}`, { kind: "many" }));
    const opened = await as(db.actor, (context) => openTasks(context, wanted));
    expect(opened.filter((one) => one.opened)).toHaveLength(400);
    expect(opened[0]?.id).toBe(opened[400]?.id);
    const { count } = await db.owner.sql.one<{ count: bigint }>(
      "select count(*) from tasks where kind = 'many'",
    );
    expect(count).toBe(400n);
  });

  test("pages run through what is due first, each once", async () => {
    await as(db.actor, (context) =>
      openTasks(
        context,
        Array.from({ length: 25 }, (_, index) => {
          const dueAt = new Date(Date.UTC(2026, 9, 1 + (index % 5), 0, 0, 0, 123));
          return task(`p${index}`, index % 3 === 0 ? { kind: "page" } : { kind: "page", dueAt });
        }),
      ),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(agent, {
        kind: "page",
        limit: "7",
        ...(cursor === null ? {} : { cursor }),
      });
      seen.push(...page.items.map((item) => item.source));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  test("is recalled when its reason is gone, once", async () => {
    await open(task("r1"));
    expect(await as(db.actor, (context) => recallTask(context, "test", "r1", "paid"))).toBe(true);
    expect(await as(db.actor, (context) => recallTask(context, "test", "r1", "paid"))).toBe(false);
  });

  test("shows and closes only what is in scope", async () => {
    const inArea = await open(task("area", { kind: "scope", areaId }));
    const nowhere = await open(task("nowhere", { kind: "scope" }));
    const mine = await open(task("mine", { kind: "scope", ownerId: agent.id ?? 0n }));
    const bound = inScope({ kind: "areas", areaIds: [areaId] });
    const sources = async (actor: Actor) =>
      (await list(actor, { kind: "scope" })).items.map((item) => item.source).toSorted();
    expect(await sources(agent)).toEqual(["area", "mine", "nowhere"]);
    expect(await sources(bound)).toEqual(["area", "mine"]);
    expect(await sources(inScope({ kind: "areas", areaIds: [] }))).toEqual(["mine"]);
    expect((await list(bound, { kind: "scope", owner: "me" })).items.map((item) => item.id)).toEqual([
      String(mine.id),
    ]);
    await expect(as(bound, (context) => closeTask(context, nowhere.id, 1, "x"))).rejects.toMatchObject({
      code: "task.not-found",
    });
    await as(bound, (context) => closeTask(context, inArea.id, 1, "looked"));
    await expect(as(bound, (context) => closeTask(context, inArea.id, 2, "again"))).rejects.toMatchObject({
      code: "task.closed",
    });
  });

  test("ours: in person, or of the own role as long as nobody has taken it; whoever takes one has it alone", async () => {
    const colleague = await person(db, "colleague", ["agent"]);
    const ours = async (actor: Actor) =>
      (await list(actor, { kind: "ours", owner: "ours" })).items.map((item) => item.source).toSorted();
    const role = await open(task("role", { kind: "ours" }));
    await open(task("finance", { kind: "ours", ownerRole: "finance" }));
    await open(task("mine", { kind: "ours", ownerRole: "finance", ownerId: agent.id ?? 0n }));
    await open(task("his", { kind: "ours", ownerId: colleague.id ?? 0n }));
    expect(await ours(agent)).toEqual(["mine", "role"]);
    await as(agent, (context) => takeTask(context, role.id, 1));
    expect([await ours(agent), await ours(colleague)]).toEqual([["mine", "role"], ["his"]]);
    // He is not there: somebody of the same role goes on with it, under the version as it is now.
    await expect(as(colleague, (context) => takeTask(context, role.id, 1))).rejects.toMatchObject({
      code: "version.stale",
    });
    await as(colleague, (context) => takeTask(context, role.id, 2));
    expect(await ours(colleague)).toEqual(["his", "role"]);
    const money = await open(task("money", { kind: "ours", ownerRole: "finance" }));
    await expect(as(agent, (context) => takeTask(context, money.id, 1))).rejects.toMatchObject({
      code: "task.not-yours",
    });
  });

  test("a visit stands in the list of a manager with 120 valves that are due before it, and pages go on without them", async () => {
    const bound = inScope({ kind: "areas", areaIds: [areaId] });
    const dueAt = (day: number) => new Date(Date.UTC(2026, 10, day));
    const valves = Array.from({ length: 120 }, (_, index) =>
      task(`valve-${index}`, { kind: "valve-opening", areaId, dueAt: dueAt(1) }),
    );
    await as(db.actor, (context) => openTasks(context, valves));
    await open(task("visit", { kind: "payment-visit", areaId, dueAt: dueAt(9) }));
    await open(task("call", { kind: "payment-call", areaId, dueAt: dueAt(12) }));
    const all = await list(bound, { limit: "100" });
    expect(all.items.map(({ source }) => source)).not.toContain("visit");
    const first = await list(bound, { notKind: "valve-opening", limit: "1" });
    expect(first.items).toMatchObject([{ source: "visit" }]);
    const next = await list(bound, {
      notKind: "valve-opening",
      limit: "1",
      cursor: first.nextCursor ?? "",
    });
    expect(next.items).toMatchObject([{ source: "call" }]);
  });

  test("a stale version and another role's task are refused", async () => {
    const { id } = await open(task("v1"));
    await expect(as(agent, (context) => closeTask(context, id, 7, "x"))).rejects.toMatchObject({
      code: "version.stale",
    });
    const finance = await open(task("f1", { ownerRole: "finance" }));
    await expect(as(agent, (context) => closeTask(context, finance.id, 1, "x"))).rejects.toMatchObject({
      code: "task.not-yours",
    });
  });
});
