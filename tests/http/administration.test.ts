/** What administrators look at: queues and dead letters, the audit and its proof, settings with history, roles, saved filters. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { authenticateSession, logIn } from "#src/office/staff/index.ts";
import { runVerification } from "#src/platform/audit-verification.ts";
import { formatTicketNo } from "#src/service/tickets/index.ts";
import { sealAll } from "#src/platform/seal.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person, platformOf } from "#tests/support/people.ts";
import { plantedAccountNo, plantTown } from "#tests/support/town.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

let db: TestDatabase;
let edge: Edge;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-16T10:00:00+08:00");
  const platform = platformOf(db);
  edge = await startEdge(platform, routes, {
    authenticate: async (credential) =>
      credential.kind === "token" ? null : authenticateSession(platform, credential.reference),
  });
  await person(db, "admin", ["admin"]);
  await person(db, "agent", ["agent"]);
  await person(db, "other", ["agent"]);
});
afterAll(async () => {
  await edge.stop();
  await db.drop();
});

const enter = async (login: string) => {
  const { reference } = await logIn(platformOf(db), { login, password: `${login}-password` });
  return (method: string, path_: string, json?: unknown, seen?: number) =>
    ask(edge, `/api/v1${path_}`, {
      method,
      ...(json === undefined ? {} : { json }),
      headers: {
        cookie: `nuan=${reference}`,
        "x-nuan": "1",
        "sec-fetch-site": "same-origin",
        ...(seen === undefined ? {} : { "if-match": `"${seen}"` }),
      },
    });
};
type Items = readonly Readonly<Record<string, unknown>>[];

describe("queues", () => {
  test("say what waits and what is stuck; a dead letter is replayed once, by an administrator", async () => {
    const admin = await enter("admin");
    await db.owner.sql.run(
      `insert into outbox_events (type, subject, occurred_at, payload, rung_at)
       values ('bill.issued', 'bill:1', now() - interval '10 minutes', '{}', now() - interval '10 minutes')`,
    );
    await db.owner.sql.run(
      `insert into event_tries (event_id, subscriber, tries, not_before, last_error)
       select max(id), 'sums', 2, now(), 'no such bill' from outbox_events`,
    );
    await db.owner.sql.run(
      `insert into dead_letters (event_id, subscriber, reason, attempts)
       select max(id), 'letters', 'broken', 5 from outbox_events`,
    );
    const seen = await admin("GET", "/operations/queues");
    expect(seen.status).toBe(200);
    expect(seen.body).toMatchObject({
      outbox: { deadLetters: 1 },
      stuck: [
        { type: "bill.issued", subject: "bill:1", subscriber: "sums", tries: 2, lastError: "no such bill" },
      ],
    });
    const [letter] = (await admin("GET", "/operations/dead-letters")).body["items"] as Items;
    expect(letter).toMatchObject({ subscriber: "letters", reason: "broken", attempts: 5 });
    const replayed = await admin("POST", `/operations/dead-letters/${String(letter?.["id"])}/replay`, {});
    expect(replayed.status).toBe(200);
    const again = await admin("POST", `/operations/dead-letters/${String(letter?.["id"])}/replay`, {});
    expect([again.status, again.body["code"]]).toEqual([404, "dead-letter.unknown"]);
    expect((await (await enter("agent"))("GET", "/operations/queues")).status).toBe(403);
  });
});

describe("the audit", () => {
  test("is found by who, what, about what and when", async () => {
    const admin = await enter("admin");
    await admin("PUT", "/settings/reveals.per-day", { value: { warnAt: 5, stopAt: 9 } }, 0);
    const search = (asked: Readonly<Record<string, unknown>>) => admin("POST", "/audit/search", asked);
    const found = async (asked: Readonly<Record<string, unknown>>): Promise<Items> =>
      (await search(asked)).body["items"] as Items;
    expect(await found({ subject: "setting:reveals.per-day" })).toMatchObject([
      { actorName: "admin", command: "setting.set", details: { after: { warnAt: 5, stopAt: 9 } } },
    ]);
    expect((await found({ actor: "admin", command: "setting.*" })).length).toBe(1);
    expect((await found({ actor: "agent", command: "setting.*" })).length).toBe(0);
    expect((await found({ from: "2026-11-16", until: "2026-11-16", command: "staff.create" })).length).toBe(
      3,
    );
    expect((await found({ from: "2026-11-01", until: "2026-11-15" })).length).toBe(0);
    const far = await search({ from: "2020-01-01", until: "2026-11-16" });
    expect([far.status, far.body["code"]]).toEqual([422, "audit.days"]);
    const first = await search({ limit: 2 });
    const next = await search({ limit: 2, cursor: first.body["nextCursor"] });
    const ids = [...(first.body["items"] as Items), ...(next.body["items"] as Items)].map(({ id }) =>
      Number(id),
    );
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    expect(new Set(ids).size).toBe(4);
  });

  test("is found by a name and by the number that people know, and says them back", async () => {
    const admin = await enter("admin");
    await db.owner.sql.run(
      `update staff_members set display_name = case login when 'agent' then '王丽' when 'other' then '王丽华' else '管理员' end
       where login in ('agent', 'other', 'admin')`,
    );
    const home = await plantTown(db.owner, 2).then(() => plantedAccountNo(2));
    const ticketId = 41n;
    await db.owner.sql.run(
      `insert into audit_events (occurred_at, actor_kind, actor_name, command, subject)
       select timestamptz '2026-11-16T09:00:00+08:00' + n * interval '1 second', 'staff', actor, 'ticket.note', subject
       from (values (1, 'agent', 'account:' || (select id from heat_accounts where account_no = :home)),
         (2, 'other', 'ticket:' || :ticketId), (3, 'bank-a', 'work-order:12'), (4, 'cli:root', 'pressure-test:13'),
         (5, 'agent', 'receipt:1')) row (n, actor, subject)`,
      { home, ticketId: String(ticketId) },
    );
    await db.owner.sql.run(
      `insert into number_series (code, prefix, width) values ('till-1', 'T01-2026-', 6) on conflict do nothing`,
    );
    await db.owner.sql.run(
      `insert into receipts (id, series, number, issued_at, total_fen) values (1, 'till-1', 123, now(), 100)`,
    );
    const found = async (asked: Readonly<Record<string, unknown>>): Promise<string[]> => {
      const { body } = await admin("POST", "/audit/search", { command: "ticket.note", ...asked });
      return (body["items"] as Items).map(
        (row) => `${String(row["actorDisplayName"] ?? row["actorName"])} ${String(row["subjectNo"])}`,
      );
    };
    const [ofHome, ofCase, ofReceipt] = [
      `王丽 ${home}`,
      `王丽华 ${formatTicketNo(ticketId)}`,
      "王丽 T01-2026-000123",
    ];
    // A whole name is that name; part of one is everybody who has it; a login, a machine and the command line stay what they are.
    expect(await found({ actor: "王丽" })).toEqual([ofReceipt, ofHome]);
    expect(await found({ actor: "王" })).toEqual([ofReceipt, ofCase, ofHome]);
    expect(await found({ actor: "other" })).toEqual([ofCase]);
    expect(await found({ actor: "bank-a" })).toEqual(["bank-a W000012"]);
    expect(await found({ actor: "cli:root" })).toEqual(["cli:root Y000013"]);
    expect(await found({ actor: "赵" })).toEqual([]);
    for (const subject of [home, `account:${home}`]) expect(await found({ subject })).toEqual([ofHome]);
    for (const subject of ["T01-2026-000123", "t01-2026-123", "receipt:T01-2026-000123", "receipt:1"])
      expect(await found({ subject })).toEqual([ofReceipt]);
    for (const subject of [
      formatTicketNo(ticketId),
      `ticket:${formatTicketNo(ticketId)}`,
      `ticket:${ticketId}`,
    ])
      expect(await found({ subject })).toEqual([ofCase]);
    expect(await found({ subject: "W000012" })).toEqual(["bank-a W000012"]);
    expect(await found({ subject: "work-order:Y000013" })).toEqual([]);
    expect(await found({ subject: home, actor: "王丽华" })).toEqual([]);
    const { body } = await admin("POST", "/audit/search", { subject: "王丽", command: "staff.create" });
    expect(body["items"]).toMatchObject([{ subjectNo: "王丽" }]);
  });

  test("a part of more names than can be walked is refused", async () => {
    const admin = await enter("admin");
    await db.owner.sql.run(
      "insert into staff_members (login, display_name) select 'many' || n, '欧阳' || n from generate_series(1, 21) n",
    );
    const wide = await admin("POST", "/audit/search", { actor: "欧阳" });
    expect([wide.status, wide.body["code"]]).toEqual([422, "audit.name-wide"]);
    expect((await admin("POST", "/audit/search", { actor: "欧阳1" })).status).toBe(200);
    expect((await admin("GET", "/audit?actor=王丽")).status).toBe(404);
  });

  test("is verified by a run that a page asks for and a worker makes, one at a time; tampering is named", async () => {
    const admin = await enter("admin");
    const asked = await admin("POST", "/audit/verifications", {});
    expect(asked.status).toBe(202);
    const twice = await admin("POST", "/audit/verifications", {});
    expect([twice.status, twice.body["code"]]).toEqual([409, "audit.verifying"]);
    const anchors = path.join(mkdtempSync(path.join(tmpdir(), "anchors-")), "anchors.log");
    await sealAll(db.database, { anchorFile: anchors, clock: db.clock });
    expect(await runVerification(platformOf(db), anchors)).toMatchObject({ findings: 0 });
    expect(await runVerification(platformOf(db), anchors)).toBeNull();
    await db.owner.sql.run("alter table audit_events disable trigger audit_events_frozen");
    await db.owner.sql.run("update audit_events set actor_name = 'nobody' where command = 'setting.set'");
    expect((await admin("POST", "/audit/verifications", {})).status).toBe(202);
    expect(await runVerification(platformOf(db), anchors)).toMatchObject({ findings: 1 });
    const [last, before] = (await admin("GET", "/audit/verifications")).body["items"] as Items;
    expect(last).toMatchObject({
      state: "done",
      askedBy: "admin",
      report: { findings: [{ stream: "audit_events", kind: "row-changed" }] },
    });
    expect(before).toMatchObject({ state: "done", report: { findings: [] } });
  });
});

describe("settings and roles", () => {
  test("a setting tells who changed it, from what to what", async () => {
    const admin = await enter("admin");
    await admin("PUT", "/settings/reveals.per-day", { value: { warnAt: 6, stopAt: 9 } }, 1);
    const history = await admin("GET", "/settings/reveals.per-day/history");
    expect((history.body["items"] as Items)[0]).toMatchObject({
      by: "admin",
      before: { warnAt: 5, stopAt: 9 },
      after: { warnAt: 6, stopAt: 9 },
    });
    expect((await admin("GET", "/settings/no.such/history")).status).toBe(404);
  });

  test("a role says what it may do", async () => {
    const { roles } = (await (await enter("admin"))("GET", "/roles")).body as { roles: Items };
    expect(roles.find(({ role }) => role === "admin")).toMatchObject({ secondFactor: true });
    expect(roles.find(({ role }) => role === "agent")?.["permissions"]).toContain("ticket.write");
  });
});

describe("a saved filter", () => {
  test("belongs to its person and page; the same name replaces it; nobody else has it", async () => {
    const agent = await enter("agent");
    const kept = await agent("POST", "/saved-filters", {
      page: "tickets",
      name: "今天的",
      filter: { state: "open", owner: "me" },
    });
    expect(kept.status).toBe(201);
    const id = String(kept.body["id"]);
    const again = await agent("POST", "/saved-filters", {
      page: "tickets",
      name: "今天的",
      filter: { state: "done" },
    });
    expect(String(again.body["id"])).toBe(id);
    expect((await agent("GET", "/saved-filters?page=tickets")).body["items"]).toEqual([
      { id, page: "tickets", name: "今天的", filter: { state: "done" }, isDefault: false },
    ]);
    expect((await agent("GET", "/saved-filters?page=calls")).body["items"]).toEqual([]);
    const other = await enter("other");
    expect((await other("GET", "/saved-filters?page=tickets")).body["items"]).toEqual([]);
    for (const method of ["GET", "DELETE"]) {
      const foreign = await other(method, `/saved-filters/${id}`);
      expect([foreign.status, foreign.body["code"]]).toEqual([404, "filter.not-found"]);
    }
    expect((await agent("DELETE", `/saved-filters/${id}`)).status).toBe(200);
    expect((await agent("GET", `/saved-filters/${id}`)).status).toBe(404);
  });

  test("gets another name and content; a page begins with one at most, and each page with its own", async () => {
    const agent = await enter("agent");
    const keep = async (page: string, name: string): Promise<string> =>
      String((await agent("POST", "/saved-filters", { page, name, filter: { due: "today" } })).body["id"]);
    const [late, mine, calls] = [
      await keep("tickets", "超时"),
      await keep("tickets", "我的"),
      await keep("calls", "未接"),
    ];
    for (const id of [late, calls, mine]) {
      const chosen = await agent("PATCH", `/saved-filters/${id}`, { isDefault: true });
      expect([chosen.status, chosen.body["isDefault"]]).toEqual([200, true]);
    }
    const defaults = async (page: string): Promise<unknown[]> =>
      ((await agent("GET", `/saved-filters?page=${page}`)).body["items"] as Record<string, unknown>[])
        .filter(({ isDefault }) => isDefault)
        .map(({ id }) => id);
    expect([await defaults("tickets"), await defaults("calls")]).toEqual([[mine], [calls]]);
    await agent("PATCH", `/saved-filters/${mine}`, { isDefault: false });
    expect(await defaults("tickets")).toEqual([]);
    const changed = await agent("PATCH", `/saved-filters/${late}`, {
      name: "快超时的",
      filter: { due: "overdue" },
    });
    expect(changed.body).toMatchObject({ name: "快超时的", filter: { due: "overdue" }, isDefault: false });
    const taken = await agent("PATCH", `/saved-filters/${late}`, { name: "我的" });
    expect([taken.status, taken.body["code"]]).toEqual([409, "filter.name-taken"]);
    const foreign = await (await enter("other"))("PATCH", `/saved-filters/${late}`, { name: "x" });
    expect([foreign.status, foreign.body["code"]]).toEqual([404, "filter.not-found"]);
  });
});
