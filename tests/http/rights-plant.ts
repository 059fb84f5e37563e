/**
 * One of everything that belongs to an area or to a person (rights-objects.ts), in the north; and in the south what others stand below.
 * What a room makes by itself is made by it; what only a longer story makes is written as its row.
 */
import { queueMessage } from "#src/messages/messaging/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { addPhoto, openWorkOrder } from "#src/service/field/index.ts";
import { openIncident } from "#src/service/incidents/index.ts";
import { planRound, recordPosting } from "#src/service/pressure-tests/index.ts";
import { receiveReferral } from "#src/service/referrals/index.ts";
import { attachFile, openTicket } from "#src/service/tickets/index.ts";
import type { TestDatabase } from "#tests/support/database.ts";
import { writeExports } from "#tests/support/exports.ts";
import { PHOTO } from "#tests/support/test-town.ts";
import type { Answer } from "./edge.ts";
import { NORTH_NO, NORTH_OWNER, NORTH_PHONE, type RightsTown, SOUTH_NO } from "./rights-town.ts";

/** By the path up to an object (`/tickets/{ticketNo}`), the one that is there. */
export type Planted = Readonly<Record<string, string>>;
export type PlantedObjects = { readonly north: Planted; readonly south: Planted };

type Town = Pick<RightsTown, "db" | "send" | "caller" | "northIds">;
type Ids = Record<string, string>;

const run = async <T>(db: TestDatabase, work: (context: CommandContext) => Promise<T>): Promise<T> =>
  (await db.commands.run({ name: "test.plant", actor: db.actor }, work)).result;

const idOf = (answer: Answer, ...keys: readonly string[]): string => {
  const found = keys.map((key) => answer.body[key]).find((one): one is string => typeof one === "string");
  if (answer.status > 299 || found === undefined) throw new Error(`planted nothing: ${answer.text}`);
  return found;
};

const row = async (db: TestDatabase, sql: string, bindings = {}): Promise<string> =>
  String((await db.owner.sql.one<{ id: bigint }>(sql, bindings)).id);

/** Case, order with a photo, and test with a paper of one side: account and building, the same number for the names of its files. */
const plantSide = async (db: TestDatabase, accountId: bigint, buildingId: bigint): Promise<Ids> => {
  const contact = { contactName: NORTH_OWNER, contactNumber: NORTH_PHONE };
  const bytes = Buffer.from("16.8 in the room");
  const { ticket, file } = await run(db, async (context) => {
    const opened = await openTicket(context, {
      category: "heat.not-hot",
      channel: "phone",
      accountId,
      callerNumber: `+86${NORTH_PHONE}`,
      callerName: NORTH_OWNER,
      summary: "not hot",
    });
    const attached = await attachFile(context, opened.ticketId, { bytes, fileName: "a.txt" });
    return { ticket: opened, file: attached.fileId };
  });
  const order = await run(db, (context) =>
    openWorkOrder(context, {
      kind: "temperature",
      sourceKey: `rights:${accountId}`,
      accountId,
      ...contact,
    }),
  );
  const photo = await run(db, (context) =>
    addPhoto(context, { id: order.workOrderId, bytes, fileName: "b.txt", caption: "" }),
  );
  const round = await run(db, (context) =>
    planRound(context, {
      kind: "pressure",
      buildingIds: [buildingId],
      window: {
        startsAt: new Date("2026-11-20T09:00:00+08:00"),
        endsAt: new Date("2026-11-20T17:00:00+08:00"),
      },
      contactName: "赵工",
      contactNumber: "0371-66000000",
      pressure: { requiredKpa: 600, holdMinutes: 30, allowedDropKpa: 20 },
    }),
  );
  const testId = round.tests[0]?.id ?? 0n;
  const paper = await run(db, (context) =>
    recordPosting(context, {
      testId,
      unitId: buildingId,
      paper: "notice",
      bytes: PHOTO,
      fileName: "door.png",
      mediaType: "image/png",
    }),
  );
  return {
    "/tickets/{ticketNo}": ticket.ticketNo,
    "/tickets/{ticketNo}/attachments/{fileId}": String(file),
    "/work-orders/{id}": String(order.workOrderId),
    "/work-orders/{id}/photos/{fileId}": String(photo),
    "/pressure-rounds/{id}": String(round.roundId),
    "/pressure-tests/{id}": String(testId),
    "/pressure-tests/{id}/photos/{fileId}": String(paper),
    "/pressure-tests/{id}/stairwells/{unitId}": String(buildingId),
  };
};

const plantService = async (db: TestDatabase, ticketNo: string): Promise<Ids> => {
  const { id: ticketId } = await db.owner.sql.one<{ id: bigint }>(
    "select id from tickets where ticket_no = :ticketNo",
    { ticketNo },
  );
  const valve = await row(
    db,
    `insert into work_orders (kind, source_key, task_id, account_id, charge_point_id, premises_id, unit_id, building_id, address, opened_at)
     select 'valve', 'rights:valve', max(id), 1, 1, 1, 0, 0, '1-1', now() from tasks returning id`,
  );
  const incident = await run(db, (context) =>
    openIncident(context, {
      kind: "heat-outage",
      affected: { buildingIds: [0n] },
      startsAt: context.now,
    }),
  );
  // As if it had been closed with a paper of a case.
  await db.owner.sql.run(
    "update incidents set evidence_ref = 'file:' || (select min(id) from stored_files) where id = :incidentId",
    { incidentId: incident.incidentId },
  );
  const referral = await run(db, (context) =>
    receiveReferral(context, {
      authority: "12345",
      outsideNo: "RIGHTS-1",
      demand: "不热",
      callerName: NORTH_OWNER,
      callerNumber: NORTH_PHONE,
      ticketId,
      dueAt: new Date("2026-11-12T18:00:00+08:00"),
    }),
  );
  const message = await run(db, (context) =>
    queueMessage(context, {
      purpose: "appointment",
      channel: "sms",
      to: { number: NORTH_PHONE },
      accountId: 1n,
      template: "appointment-made",
      variables: {},
      uniqueKey: "rights",
    }),
  );
  return {
    "/building-incidents/{buildingId}": "0",
    "/valve-rounds/{unitId}": "0",
    // Behind the door of that stairwell.
    "valve-order": valve,
    "/network/communities/{id}": "0",
    "/incidents/{id}": String(incident.incidentId),
    "/referrals/{id}": String(referral.referralId),
    "/messages/{id}": String(message.messageId),
    "/supply/outages/{id}": await row(
      db,
      "insert into supply_outages (building_ids, from_at) values ('{0}', '2026-11-09T08:00:00+08:00') returning id",
    ),
    "/routing/precedents/{id}": await row(
      db,
      `insert into precedents (category_code, boundary, building_id, role_code, level, ticket_id, words, made_at)
       values ('heat.not-hot', 'ours', 0, 'area-manager', 'area', :ticketId, :name, now()) returning id`,
      { ticketId, name: NORTH_OWNER },
    ),
    "/routing/notices/{id}": await row(
      db,
      `with fired as (
         insert into ladder_firings (ticket_id, ladder_code, position, clock_run, due_at, fired_at)
         values (:ticketId, 'three-level-service', 1, 'rights', now(), now()) returning id
       )
       insert into ladder_notices (firing_id, staff_id)
       select fired.id, s.id from fired, staff_members s where s.login = 'agent.north' returning id`,
      { ticketId },
    ),
  };
};

const plantTalk = async (db: TestDatabase): Promise<Ids> => {
  const number = `+86${NORTH_PHONE}`;
  const received = (state: string, key: string) =>
    row(
      db,
      `insert into received_messages (channel, provider, provider_message_id, received_at, raw, raw_size, state, reason, sender,
         body, may_answer)
       values ('sms', 'gateway', :key, now(), 'not hot', 7, :state, case when :state = 'quarantined' then 'mail.test' else '' end,
         'tel:' || :number, :body, false) returning id`,
      { key, state, number, body: NORTH_OWNER },
    );
  const messageId = await received("read", "rights-1");
  await db.owner.sql.run(
    `insert into intake_outcomes (message_id, outcome, account_id, households, decided_at)
     values (:messageId::bigint, 'empty', 1, 1, now())`,
    { messageId },
  );
  return {
    "/received-messages/{id}": messageId,
    "/quarantined-messages/{id}": await received("quarantined", "rights-2"),
    "/hotline/calls/{id}": await row(
      db,
      `insert into calls (provider, provider_call_id, number, state, outcome, began_at, finished_at, account_id, agent_id)
       select 'cti', 'rights-1', :number, 'ended', 'answered', now(), now(), 1, id from staff_members
       where login = 'agent.north' returning id`,
      { number },
    ),
    "/hotline/call-backs/{id}": await row(
      db,
      `insert into call_backs (number, origin, account_id, opened_at, due_at)
       values (:number, 'lost', 1, now(), now()) returning id`,
      { number },
    ),
  };
};

const plantMoney = async ({ db, send, caller, northIds }: Town): Promise<Ids> => {
  const asked = await send(
    caller("finance", "north", "person"),
    "post",
    `/payments/${northIds.payments}/reversal-requests`,
    { json: { reason: "paid for the wrong home" } },
  );
  const letter = await row(
    db,
    `insert into demand_letters (account_id, season_id, made_on, answer_days, total_fen, made_at)
     values (1, 2025, '2026-11-09', 7, 205200, now()) returning id`,
  );
  await db.owner.sql.run(
    `insert into demand_letter_bills (letter_id, bill_id, amount_fen, paid_fen)
     select :letter::bigint, id, amount_fen, 0 from bills where account_id = 1 and season_id = 2025`,
    { letter },
  );
  await db.owner.sql.run(
    `with made as (
       insert into closing_lists (season_id, as_of, row_count, open_fen, made_at)
       values (2025, '2026-11-09', 1, 205200, now()) returning id
     )
     insert into closing_list_rows (list_id, account_id, charge_point_id, open_fen, notified_on)
     select id, 1, 1, 205200, '2026-11-01' from made`,
  );
  const shiftId = await row(
    db,
    "select h.id from shifts h join staff_members s on s.id = h.staff_id where s.login = 'cashier.north'",
  );
  return {
    "/approvals/{id}": idOf(asked, "approvalId", "id"),
    "/bills/{id}": northIds.bills,
    "/demand-letters/{id}": letter,
    "/payments/{id}": northIds.payments,
    "/receipts/{id}": northIds.receipts,
    "/shifts/{id}": shiftId,
    "/terminal-charges/{id}": await row(
      db,
      `insert into terminal_charges (reference, shift_id, kind, amount_fen, state, asked_at, ended_at)
       values (gen_random_uuid(), :shiftId::bigint, 'card', 100, 'declined', now(), now()) returning id`,
      { shiftId },
    ),
  };
};

const plantPeople = async ({ db, send, caller }: Town): Promise<Ids> => {
  const agent = caller("agent", "north", "person");
  const filter = await send(agent, "post", "/saved-filters", {
    json: { page: "tickets", name: NORTH_OWNER, filter: { state: "open" } },
  });
  const calls = await send(agent, "post", "/hotline/calls/export", { json: { purpose: NORTH_OWNER } });
  await writeExports(db);
  const notice = await send(caller("area-manager", "north"), "post", "/notices", {
    json: {
      title: NORTH_OWNER,
      purpose: "service-notice",
      template: "notice-general",
      variables: { text: "小区管网将于11月30日检修。" },
      audience: { buildingIds: ["0"] },
    },
  });
  await db.owner.sql.run(
    `insert into account_holds (account_id, kind, reason, starts_on) values (1, 'care', :name, '2026-11-10')`,
    { name: NORTH_OWNER },
  );
  return {
    "/saved-filters/{id}": idOf(filter, "id"),
    "/exports/{id}": idOf(calls, "id"),
    "/notices/{id}": idOf(notice, "id"),
    "/session/devices/{id}": await row(
      db,
      `insert into staff_devices (staff_id, name, token_hash, bound_at, last_seen_at, expires_at)
       select id, 'a phone', '\\x00', now(), now(), now() + interval '90 days' from staff_members where login = 'area-manager.north'
       returning id`,
    ),
    "/accounts/{accountNo}/holds/{holdId}": await row(
      db,
      "select id from account_holds where account_id = 1",
    ),
    "/accounts/{accountNo}/people/{personId}": await row(db, "select id from people where name = :name", {
      name: NORTH_OWNER,
    }),
  };
};

export const plantObjects = async (town: Town): Promise<PlantedObjects> => {
  const { db, northIds } = town;
  // Each area has a community of its own.
  await db.owner.sql.run(
    "insert into communities (id, code, name, base_name, district) values (70, 'C70', '南小区', '南小区', '金水区')",
  );
  await db.owner.sql.run("update buildings set community_id = 70 where id = 1");
  const north = await plantSide(db, 1n, 0n);
  const south = await plantSide(db, 60n, 1n);
  return {
    north: {
      ...north,
      "/accounts/{accountNo}": NORTH_NO,
      "/tasks/{id}": northIds.tasks,
      ...(await plantService(db, north["/tickets/{ticketNo}"] ?? "")),
      ...(await plantTalk(db)),
      ...(await plantMoney(town)),
      ...(await plantPeople(town)),
    },
    south: { ...south, "/accounts/{accountNo}": SOUTH_NO },
  };
};
