/** What is needed only for a while is forgotten, and the rest stays. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { fen } from "#src/kernel/money.ts";
import { takePayment } from "#src/money/collection/index.ts";
import { hashRequest } from "#src/platform/command.ts";
import { forgetInBatches } from "#src/platform/retention.ts";
import { checkHotline, readBalance } from "#src/service/hotline/index.ts";
import { cleanUp } from "#workers/cleanup.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

let town: PayingTown;
beforeAll(async () => {
  town = await createPayingTown(2);
});
afterAll(() => town.db.drop());

const ids = async (query: string): Promise<unknown[]> =>
  (await town.db.owner.sql.rows<{ id: unknown }>(query)).map((row) => row.id);
const clean = () => cleanUp({ platform: town.platform });

test("a payment whose key is forgotten is still not posted twice", async () => {
  const request = {
    accountNo: plantedAccountNo(1),
    amountFen: fen(1000),
    channel: "bank-a",
    serial: "S-1",
    paidAt: town.db.clock.now(),
  };
  const idempotency = { scope: "bank-a", key: "k-1", requestHash: hashRequest({ serial: "S-1" }) };
  const pay = () => takePayment(town.platform, town.bankA, request, { idempotency });
  const first = await pay();
  await town.db.owner.sql.run(
    "update idempotency_keys set created_at = :now::timestamptz - interval '91 days' where key = 'k-1'",
    { now: town.db.clock.now() },
  );
  await town.db.owner.sql.run(
    `insert into idempotency_keys (scope, key, request_hash, created_at)
     values ('x', 'young', 'x', :now::timestamptz - interval '89 days')`,
    { now: town.db.clock.now() },
  );
  expect(await clean()).toMatchObject({ forgotten: { idempotencyKeys: 1 } });
  expect(await ids("select key as id from idempotency_keys")).toEqual(["young"]);
  const again = await pay();
  expect(JSON.stringify(again.result)).toBe(JSON.stringify(first.result));
  expect(await ids("select count(*) as id from payments where serial = 'S-1'")).toEqual([1n]);
});

test("settled events go with what hangs on them; open, young and given-up ones stay", async () => {
  const { sql } = town.db.owner;
  await sql.run(
    `insert into outbox_events (id, type, subject, occurred_at, payload, rung_at, settled_at)
     select id, 'account.opened', 'account:1', now(), '{}', now(), now() - days * interval '1 day'
     from (values (9001, 91), (9002, 91), (9003, 91), (9004, 89), (9005, null)) e (id, days)`,
  );
  await sql.run(
    "insert into event_receipts (event_id, subscriber) select id, 's' from outbox_events where id in (9001, 9002, 9004)",
  );
  await sql.run(
    "insert into event_tries (event_id, subscriber, tries, not_before) values (9001, 's', 1, now()), (9005, 's', 1, now())",
  );
  await sql.run(
    `insert into dead_letters (event_id, subscriber, reason, attempts, replayed_at)
     values (9002, 't', 'x', 5, now() - interval '91 days'), (9003, 't', 'x', 5, null)`,
  );
  expect(await clean()).toMatchObject({ forgotten: { settledEvents: 2 } });
  expect(await ids("select id from outbox_events where id > 9000 order by id")).toEqual([
    9003n,
    9004n,
    9005n,
  ]);
  expect(await ids("select event_id as id from event_receipts where event_id > 9000")).toEqual([9004n]);
  expect(await ids("select event_id as id from event_tries where event_id > 9000")).toEqual([9005n]);
  expect(await ids("select event_id as id from dead_letters where event_id > 9000")).toEqual([9003n]);
});

test("sessions of last year go, whether they ended or ran out", async () => {
  const { sql } = town.db.owner;
  const now = town.db.clock.now();
  const staff = await sql.one<{ id: bigint }>("select id from staff_members order by id limit 1");
  await sql.run(
    `insert into sessions (staff_id, reference_hash, created_at, last_seen_at, expires_at, ended_at, ended_reason)
     select :staff::bigint, name::bytea, :now::timestamptz - interval '300 days', :now::timestamptz - interval '300 days',
       :now::timestamptz - expired * interval '1 day', :now::timestamptz - ended * interval '1 day', name
     from (values ('ran-out', 181, null), ('logged-out', 170, 181), ('recent', 179, null)) s (name, expired, ended)`,
    { staff: staff.id, now },
  );
  expect(await clean()).toMatchObject({ forgotten: { endedSessions: 2 } });
  expect(await ids("select convert_from(reference_hash, 'UTF8') as id from sessions")).toEqual(["recent"]);
});

test("lines of a file that was given up go; those of a file at work stay", async () => {
  const { sql } = town.db.owner;
  const files = await sql.rows<{ id: bigint; state: string }>(
    `insert into import_files (channel_id, file_name, sha256, size_bytes, profile, profile_version, encoding, kind, state,
       received_at)
     select c.id, state, state::bytea, 1, 'p', '1', 'utf-8', 'collection', state, now()
     from (select id from channels where code = 'bank-a') c, unnest(array['aborted', 'staged']) state
     returning id, state`,
  );
  for (const file of files) {
    await sql.run(
      `insert into bank_staging_lines (file_id, ordinal, row_no, kind, serial, account_no, amount_fen, bank_day, value_date,
         payer_name, remittance)
       select :id::bigint, n, n, 'payment', 'L-' || n, '1', 1, '2026-11-10', '2026-11-10', '', '' from generate_series(1, 3) n`,
      { id: file.id },
    );
  }
  expect(await clean()).toMatchObject({ forgotten: { abandonedLines: 3 } });
  expect(
    await ids(
      "select distinct f.state as id from bank_staging_lines s join import_files f on f.id = s.file_id",
    ),
  ).toEqual(["staged"]);
});

test("batches follow each other until nothing is left", async () => {
  const { sql } = town.db.owner;
  await sql.run("create table crumbs (id int)");
  await sql.run("grant select, delete on crumbs to nuan_app");
  await sql.run("insert into crumbs select generate_series(1, 25)");
  const removed = await forgetInBatches(
    town.db.database,
    (one, limit) =>
      one.run("delete from crumbs where ctid = any(array(select ctid from crumbs limit :limit))", { limit }),
    10,
  );
  expect([removed, await ids("select count(*) as id from crumbs")]).toEqual([25, [0n]]);
});

test("what the telephone and the menu need for a while goes; a call keeps its row", async () => {
  const { sql } = town.db.owner;
  const now = town.db.clock.now();
  await sql.run(
    `insert into menu_sessions (id, provider, provider_call_id, caller_number, menu_version_id, state, last_reply,
       started_at, last_at)
     select days, 'twilio', 'c' || days, '+8613999990000', 1, '{}', '{"say": ["amount"]}',
       :now::timestamptz - days * interval '1 day', :now::timestamptz - days * interval '1 day'
     from unnest(array[0, 2, 91]) days`,
    { now },
  );
  await sql.run(
    `insert into proof_attempts (outcome, at)
     select 'refused', :now::timestamptz - days * interval '1 day' from unnest(array[29, 31]) days`,
    { now },
  );
  await sql.run(
    `insert into provider_callbacks (provider, event_id, body, received_at)
     select 'pbx', 'e' || days, '{}', :now::timestamptz - days * interval '1 day' from unnest(array[89, 91]) days`,
    { now },
  );
  await sql.run(
    `insert into outgoing_calls (unique_key, purpose, about, to_number, language, words, ring_seconds, state, outcome,
       wanted_at, settled_at)
     select 'k' || days, 'test', 'x:1', '+8613999990000', 'en', array['x'], 30, 'settled', 'busy', :now::timestamptz,
       :now::timestamptz - days * interval '1 day' from unnest(array[179, 181]) days`,
    { now },
  );
  const forgotten = {
    menuReplies: 2,
    menuNumbers: 1,
    proofAttempts: 1,
    providerCallbacks: 1,
    dialledNumbers: 1,
  };
  expect(await clean()).toMatchObject({ forgotten });
  expect(await clean()).toMatchObject({ forgotten: { menuReplies: 0, dialledNumbers: 0, menuNumbers: 0 } });
  expect(await ids("select count(*) as id from menu_sessions")).toEqual([3n]);
  expect(await ids("select unique_key as id from outgoing_calls where to_number <> ''")).toEqual(["k179"]);
});

test("who called is forgotten after two seasons; calls, counts and proofs stay", async () => {
  const { sql } = town.db.owner;
  const now = town.db.clock.now();
  await sql.run(
    `insert into call_backs (id, number, origin, state, opened_at, due_at, closed_at)
     overriding system value select 9000 + days, '+861391111' || lpad(days::text, 4, '0'), 'lost',
       case when days = 900 then 'open' else 'reached' end, :now::timestamptz - days * interval '1 day', :now,
       case when days <> 900 then :now::timestamptz - days * interval '1 day' end
     from unnest(array[729, 731, 732, 900]) days`,
    { now },
  );
  await sql.run(
    `insert into calls (provider, provider_call_id, number, state, outcome, began_at, finished_at, call_back_id)
     select 'cti', 'old' || days, number, 'ended', 'abandoned', opened_at, opened_at, id
     from (select *, id - 9000 as days from call_backs where id > 9000) b`,
  );
  await sql.run(
    `insert into calls (provider, provider_call_id, number, state, outcome, began_at, finished_at)
     select 'cti', 'answered' || days, case when days <> 740 then '+8613922220000' end, 'ended', 'answered',
       :now::timestamptz - days * interval '1 day', :now::timestamptz - days * interval '1 day'
     from unnest(array[729, 731, 740]) days`,
    { now },
  );
  await sql.run(
    `insert into dial_orders (staff_id, extension, number, ordered_at)
     select (select min(id) from staff_members), '8' || days, '+8613922220000', :now::timestamptz - days * interval '1 day'
     from unnest(array[179, 181]) days`,
    { now },
  );
  await sql.run(
    `insert into call_events (provider, event_id, provider_call_id, kind, occurred_at, received_at, raw)
     select 'cti', 'e' || days, 'old', 'ringing', :now, :now::timestamptz - days * interval '1 day',
       '{"from": "13922220000", "line": "L1", "vendor": {"name": "x"}}'
     from unnest(array[89, 91]) days`,
    { now },
  );
  const period = { from: new Date(now.getTime() - 1000 * 86_400_000), until: now };
  const before = await readBalance(town.db.database.sql, period);
  const forgotten = { callBackNumbers: 2, callNumbers: 1, dialOrderNumbers: 1, callEventDetails: 1 };
  expect(await clean()).toMatchObject({ forgotten });
  expect(await clean()).toMatchObject({
    forgotten: { callBackNumbers: 0, callNumbers: 0, dialOrderNumbers: 0, callEventDetails: 0 },
  });
  expect(
    await ids("select number as id from call_backs where call_backs.id > 9000 order by opened_at desc"),
  ).toEqual(["+8613911110729", "forgotten:9731", "forgotten:9732", "+8613911110900"]);
  expect(
    await ids(
      "select coalesce(number, 'withheld') as id from calls where provider = 'cti' order by provider_call_id",
    ),
  ).toEqual([
    "+8613922220000",
    "forgotten:",
    "withheld",
    "+8613911110729",
    "forgotten:9731",
    "forgotten:9732",
    "+8613911110900",
  ]);
  expect(await ids("select extension as id from dial_orders where number <> ''")).toEqual(["8179"]);
  expect(await ids("select raw as id from call_events where event_id = 'e91'")).toEqual([{ line: "L1" }]);
  expect(await ids("select event_id as id from call_events where raw ? 'from'")).toEqual(["e89"]);
  expect(await readBalance(town.db.database.sql, period)).toEqual(before);
  expect(await checkHotline(town.db.database.sql)).toEqual([]);
  // Nothing else of an event is ever changed.
  for (const change of ["raw = '{}'", "kind = 'ended'", 'raw = raw || \'{"from": "1"}\'']) {
    await expect(town.db.database.sql.run(`update call_events set ${change}`)).rejects.toThrow(/forgotten/);
  }
});

test("to whom we wrote what is forgotten after two seasons; what is not settled stays", async () => {
  const { sql } = town.db.owner;
  await sql.run(
    `insert into messages (purpose, channel, recipient, step, consent, template, variables, state, not_before, queued_at,
       changed_at)
     select 'case-taken', 'sms', recipient, state || days, '', 'sms/x', '{"amount": "1"}', state, at, at, at
     from (values (729, 'delivered', 'tel:+8613922220000'), (731, 'delivered', 'tel:+8613922220000'),
       (731, 'queued', 'mailto:a@b.cn'), (732, 'accepted', 'person:12'), (733, 'skipped', 'mailto:a@b.cn'))
       row (days, state, recipient), lateral (select :now::timestamptz - days * interval '1 day' as at) time`,
    { now: town.db.clock.now() },
  );
  expect(await clean()).toMatchObject({ forgotten: { sentWords: 3 } });
  expect(await clean()).toMatchObject({ forgotten: { sentWords: 0 } });
  expect(
    await ids(
      `select step || ' ' || split_part(recipient, ':', 1) || ' ' || variables::text as id from messages
       where purpose = 'case-taken' order by step`,
    ),
  ).toEqual([
    "accepted732 person {}",
    'delivered729 tel {"amount": "1"}',
    "delivered731 forgotten {}",
    'queued731 mailto {"amount": "1"}',
    "skipped733 forgotten {}",
  ]);
});
