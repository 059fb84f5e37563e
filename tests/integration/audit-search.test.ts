/** The audit of a season: each search walks its own rows by an index, and a page never walks past those of everybody else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditFilter, auditSearch, listAudit } from "#src/platform/operations-queries.ts";
import { NUMBERED, subjectsNumbered } from "#src/reports/audit-names-queries.ts";
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
  actors: null,
  command: null,
  subjects: null,
  from: new Date("2026-08-17T00:00:00+08:00"),
  until: new Date("2026-11-17T00:00:00+08:00"),
};

type Plan = {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Relation Name"?: string;
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
    ["a person of few rows", { actors: ["rare"] }, "audit_events_by_actor"],
    ["a person of many", { actors: ["person0"] }, "audit_events_by_actor"],
    ["a machine of a third of all", { actors: ["bank-1"] }, "audit_events_by_actor"],
    [
      "a person in a week three months ago",
      {
        actors: ["person0"],
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
      { actors: ["person0"], before: { at: "2026-11-01T00:00:00.000000Z", id: 900_000n } },
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
    const plan = await explain({ subjects: ["account:77"], from: null, until: null });
    expect(plan.index).toBe("audit_events_by_subject");
    expect(plan.kinds).not.toContain("Seq Scan");
    expect(plan.walked).toBeLessThanOrEqual(10);
  });

  test("several people of one name: each by the index for a page, and their youngest rows are the page", async () => {
    const actors = ["person0", "person7", "rare", "nobody"];
    const plan = await explain({ actors });
    expect(plan.index).toBe("audit_events_by_actor");
    expect(plan.kinds).not.toContain("Seq Scan");
    expect(plan.walked).toBeLessThanOrEqual(actors.length * NOTHING.limit);
    const rows = await listAudit(db.database.sql, { ...NOTHING, actors, limit: 60 });
    const all = await Promise.all(
      actors.map((one) => listAudit(db.database.sql, { ...NOTHING, actors: [one], limit: 60 })),
    );
    const youngest = all.flat().toSorted((one, other) => (one.exactAt < other.exactAt ? 1 : -1));
    expect(rows.map(({ id }) => id)).toEqual(youngest.slice(0, 60).map(({ id }) => id));
  });

  test("several things of one number, of what one person did to them", async () => {
    const plan = await explain({
      subjects: ["account:77", "ticket:77", "receipt:77"],
      actors: ["bank-1"],
      from: null,
      until: null,
    });
    expect(plan.index).toBe("audit_events_by_subject");
    expect(plan.kinds).not.toContain("Seq Scan");
    expect(plan.walked).toBeLessThanOrEqual(10);
  });

  test("whose number it is: every kind of thing by an index of its number, whatever there is of it", async () => {
    const kinds = Object.keys(NUMBERED) as (keyof typeof NUMBERED)[];
    const found = await db.owner.transaction(async (sql) => {
      // These tables are empty here, and an empty one is read through: what counts is that none has to be.
      await sql.run("set local enable_seqscan = off");
      return sql.one<{ "QUERY PLAN": readonly { readonly Plan: Plan }[] }>(
        `explain (format json) ${subjectsNumbered(kinds)}`,
        { text: "100000017", prefix: "T01-", number: 17n },
      );
    });
    const nodes = found["QUERY PLAN"].flatMap(({ Plan: plan }) => nodesOf(plan));
    // Series and channels are a dozen rows each.
    const through = nodes
      .filter(
        (node) =>
          node["Node Type"] === "Seq Scan" ||
          (node["Index Name"] !== undefined && node["Index Cond"] === undefined),
      )
      .map((node) => node["Relation Name"]);
    expect(through.filter((name) => name !== "channels" && name !== "number_series")).toEqual([]);
    for (const table of [
      "heat_accounts",
      "account_aliases",
      "receipts",
      "referrals",
      "payments",
      "wallet_orders",
    ])
      expect(nodes.some((node) => node["Relation Name"] === table && node["Node Type"] !== "Seq Scan")).toBe(
        true,
      );
  });

  test("what a person did of one kind walks that person's rows only", async () => {
    const plan = await explain({ actors: ["rare"], command: "payment.*" });
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
    const rows = await listAudit(db.database.sql, { ...NOTHING, actors: ["crowd"], limit: 3, before });
    seen.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    more = rows.length === 3;
    before = last === undefined ? null : { at: last.exactAt, id: last.id };
  }
  expect(seen).toHaveLength(7);
  expect(seen).toEqual(seen.toSorted((one, other) => (one > other ? -1 : 1)));
});
