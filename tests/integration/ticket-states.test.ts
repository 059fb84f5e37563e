import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  mergeTicket,
  runTicketCommand,
  setOwner,
  ticketOfId,
  unmergeTicket,
} from "#src/service/tickets/index.ts";
import {
  type PersonCommand,
  TICKET_COMMANDS,
  TICKET_STATES,
  TICKET_TRANSITIONS,
  type TicketCommand,
  type TicketState,
} from "#src/service/tickets/states.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { as, buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let town: TicketTown;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T10:00:00+08:00");
  town = await buildTicketTown(db);
});
afterAll(() => db.drop());

/** The expected end of every pair, written by hand: a change of the table must be made here too. All others are refused. */
const EXPECTED: Readonly<Record<string, TicketState>> = {
  "new assign": "assigned",
  "new accept": "accepted",
  "new start": "working",
  "new cancel": "cancelled",
  "new merge": "merged",
  "assigned assign": "assigned",
  "assigned accept": "accepted",
  "assigned start": "working",
  "assigned wait": "waiting",
  "assigned return": "new",
  "assigned cancel": "cancelled",
  "assigned merge": "merged",
  "accepted assign": "assigned",
  "accepted start": "working",
  "accepted wait": "waiting",
  "accepted resolve": "resolved",
  "accepted close": "closed",
  "accepted return": "new",
  "accepted cancel": "cancelled",
  "accepted merge": "merged",
  "working assign": "assigned",
  "working wait": "waiting",
  "working resolve": "resolved",
  "working close": "closed",
  "working return": "new",
  "working cancel": "cancelled",
  "working merge": "merged",
  "waiting assign": "waiting",
  "waiting resume": "working",
  "waiting resolve": "resolved",
  "waiting cancel": "cancelled",
  "waiting merge": "merged",
  "resolved assign": "resolved",
  "resolved close": "closed",
  "resolved reopen": "new",
  "resolved merge": "merged",
  "closed reopen": "new",
  // The merge had interrupted work.
  "merged unmerge": "working",
};

const EVENTS: Partial<Record<TicketCommand, string>> = {
  assign: "ticket.assigned",
  return: "ticket.returned",
  reopen: "ticket.reopened",
  merge: "ticket.merged",
  unmerge: "ticket.unmerged",
  cancel: "ticket.cancelled",
};

const PAIRS = TICKET_STATES.flatMap((from) => TICKET_COMMANDS.map((command) => ({ from, command })));

/** A case in a state, as the owner of the database puts it there: the commands are what is tested. */
const caseIn = async (state: TicketState): Promise<{ id: bigint; target: bigint }> => {
  const { ticketId: id } = await openCase(db, { accountId: town.accountId });
  const { ticketId: target } = await openCase(db, { accountId: town.neighbourId });
  await db.owner.sql.run(
    `update tickets set state = :state,
       closed_at = case when :state = 'closed' then :now::timestamptz end,
       closing_class = case when :state = 'closed' then 'solved' end,
       merged_into_id = case when :state = 'merged' then :target::bigint end
     where id = :id`,
    { state, id, target, now: db.clock.now() },
  );
  if (state === "merged") {
    await db.owner.sql.run(
      `insert into ticket_merges (ticket_id, into_ticket_id, state_before, reason, merged_at)
       values (:id, :target, 'working', 'same', :now)`,
      { id, target, now: db.clock.now() },
    );
  }
  return { id, target };
};

const give = async (context: CommandContext, command: TicketCommand, id: bigint, target: bigint) => {
  const text = "a reason in words";
  if (command === "assign") {
    await setOwner(context, id, { staffId: null, role: "area-manager", areaId: town.areaId, level: "area" });
  } else if (command === "merge") {
    await mergeTicket(context, { ticketId: id, intoTicketId: target, reason: text });
  } else if (command === "unmerge") {
    await unmergeTicket(context, { ticketId: id, reason: text });
  } else {
    const more = { text, closingClass: "explained", pauseReason: "awaiting-customer" } as const;
    await runTicketCommand(context, id, command satisfies PersonCommand, more);
  }
};

/** The state after a command, or the code of its refusal. */
const outcomeOf = async (command: TicketCommand, id: bigint, target: bigint): Promise<string> => {
  try {
    await as(db, db.actor, (context) => give(context, command, id, target));
    return (await ticketOfId(db.database.sql, id))?.state ?? "gone";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

describe("the table of transitions", () => {
  test("lists every pair once", () => {
    const keys = TICKET_TRANSITIONS.map((row) => `${row.from} ${row.command}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  test.each(PAIRS)("$from takes $command as the table says", async ({ from, command }) => {
    const { id, target } = await caseIn(from);
    const before = await ticketOfId(db.database.sql, id);
    const expected = EXPECTED[`${from} ${command}`];
    expect(await outcomeOf(command, id, target)).toBe(expected ?? "ticket.refused");
    const after = await ticketOfId(db.database.sql, id);
    const left = await db.database.sql.one<{ entries: number; types: string[] }>(
      `select (select count(*)::int from ticket_entries where ticket_id = :id and version = :version) as entries,
         coalesce((select array_agg(type order by type) from outbox_events
           where subject = 'ticket:' || :id::bigint and type <> 'ticket.opened'), '{}') as types`,
      { id, version: (before?.version ?? 0) + 1 },
    );
    const announced = [EVENTS[command], expected === from ? undefined : "ticket.state-changed"];
    const told = { version: after?.version, ...left };
    expect(told).toEqual(
      expected === undefined
        ? { version: before?.version, entries: 0, types: [] }
        : {
            version: (before?.version ?? 0) + 1,
            entries: 1,
            types: announced.filter((type) => type !== undefined).toSorted(),
          },
    );
  });
});
