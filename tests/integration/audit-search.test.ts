/** The audit of a season: each search walks its own rows by an index, and a page never walks past those of everybody else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditFilter, auditSearch, listAudit } from "#src/platform/operations-queries.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

const ROWS = 300_000;
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  // A row a half minute for a hundred days: machines make nearly all of them, forty people some, one person sixty.
  await db.owner.sql.run(
    `insert into audit_events (occurred_at, actor_kind, actor_name, command, subject, details)
     select timestamptz '2026-11-16T10:00:00+08:00' - n * interval '30 seconds',
       case when n % 5 = 0 then 'staff' else 'machine' end,
       case when n % 5000 = 7 then 'rare' when n % 5 = 0 then 'person' || n % 40 else 'bank-' || n % 3 end,
       case when n % 100 = 7 then 'staff.change' else 'payment.take' end, 'account:' || n % 90000, '{"fen": 205200}'
     from generate_series(1, ${ROWS}) n`,
  );
  // Every row is counted: of a sample, sixty rows may be none, and a plan for none sorts.
  await db.owner.transaction(async (sql) => {
    await sql.run("set local default_statistics_target = 1000");
    await sql.run("analyze audit_events");
  });
}, 120_000);
afterAll(() => db.drop());

const NOTHING: AuditFilter = {
  before: null,
  limit: 51,
  actor: null,
  command: null,
  subject: null,
  from: new Date("2026-08-17T00:00:00+08:00"),
  until: new Date("2026-11-17T00:00:00+08:00"),
};

type Plan = {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
};
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

const explain = async (asked: Partial<AuditFilter>) => {
  const filter = { ...NOTHING, ...asked };
  const { "QUERY PLAN": found } = await db.owner.sql.one<{
    "QUERY PLAN": readonly { readonly Plan: Plan }[];
  }>(`explain (analyze, format json) ${auditSearch(filter)}`, {
    ...filter,
    beforeAt: filter.before?.at ?? null,
    beforeId: filter.before?.id ?? null,
  });
  const nodes = found.flatMap(({ Plan: plan }) => nodesOf(plan));
  return {
    kinds: nodes.map((node) => node["Node Type"]),
    index: nodes.find((node) => node["Index Name"] !== undefined)?.["Index Name"],
    walked: Math.max(...nodes.map((node) => node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0))),
  };
};

describe("by index, the youngest first, and no more rows than the page", () => {
  test.each<[string, Partial<AuditFilter>, string]>([
    ["a person of few rows", { actor: "rare" }, "audit_events_by_actor"],
    ["a person of many", { actor: "person0" }, "audit_events_by_actor"],
    ["a machine of a third of all", { actor: "bank-1" }, "audit_events_by_actor"],
    [
      "a person in a week three months ago",
      {
        actor: "person0",
        from: new Date("2026-08-17T00:00:00+08:00"),
        until: new Date("2026-08-24T00:00:00+08:00"),
      },
      "audit_events_by_actor",
    ],
    ["the last days of everybody", {}, "audit_events_by_time"],
    [
      "a week three months ago of everybody",
      { from: new Date("2026-08-17T00:00:00+08:00"), until: new Date("2026-08-24T00:00:00+08:00") },
      "audit_events_by_time",
    ],
    [
      "the next page of a person",
      { actor: "person0", before: { at: "2026-11-01T00:00:00.000000Z", id: 900_000n } },
      "audit_events_by_actor",
    ],
  ])("%s", async (_, asked, index) => {
    const plan = await explain(asked);
    expect(plan.index).toBe(index);
    expect(plan.kinds).not.toContain("Seq Scan");
    expect(plan.kinds).not.toContain("Sort");
    expect(plan.walked).toBeLessThanOrEqual(NOTHING.limit);
  });

  test("a thing of all seasons", async () => {
    const plan = await explain({ subject: "account:77", from: null, until: null });
    expect(plan.index).toBe("audit_events_by_subject");
    expect(plan.kinds).not.toContain("Seq Scan");
    expect(plan.walked).toBeLessThanOrEqual(10);
  });

  test("what a person did of one kind walks that person's rows only", async () => {
    const plan = await explain({ actor: "rare", command: "payment.*" });
    expect(plan.index).toBe("audit_events_by_actor");
    expect(plan.walked).toBeLessThanOrEqual(60);
  });
});

test("pages follow each other without a gap and without a row twice, also within one instant", async () => {
  await db.owner.sql.run(
    `insert into audit_events (occurred_at, actor_kind, actor_name, command, subject)
     select timestamptz '2026-11-16T09:59:59.123456+08:00', 'staff', 'crowd', 'ticket.note', 'ticket:' || n
     from generate_series(1, 7) n`,
  );
  const seen: bigint[] = [];
  for (let before: AuditFilter["before"] = null, more = true; more;) {
    const rows = await listAudit(db.database.sql, { ...NOTHING, actor: "crowd", limit: 3, before });
    seen.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    more = rows.length === 3;
    before = last === undefined ? null : { at: last.exactAt, id: last.id };
  }
  expect(seen).toHaveLength(7);
  expect(seen).toEqual(seen.toSorted((one, other) => (one > other ? -1 : 1)));
});
