/**
 * Leaks (漏水): a case stays a case, with its clocks and its crew, and hangs under the test that brought it up: by itself when the
 * building was under pressure, or by a person's hand.
 */
import { both } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Subscriber } from "#src/platform/outbox.ts";
import {
  accessTicket,
  addEntry,
  LEAK_CATEGORIES,
  type Ticket,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import { beginTestChange } from "./access-test.ts";
import {
  findBuildingOfHome,
  findLeak,
  findTestUnderPressure,
  insertLeak,
  markIsolated,
} from "./leak-queries.ts";
import { formatTestNo } from "./schema.ts";

/** Pipes stay full: what drips two days after a test is still its leak. **assumed**: re-tests are made two days later. */
const LEAK_AFTER_MS = 48 * 3_600_000;

const hang = async (context: CommandContext, ticket: Ticket, testId: bigint): Promise<boolean> => {
  const { sql, actor, now } = context;
  if (!(await insertLeak(sql, { ticketId: ticket.id, testId, now, by: staffIdOf(actor) }))) return false;
  await addEntry(context, ticket.id, {
    kind: "note",
    text: both(`归入试压 ${formatTestNo(testId)}`, `under pressure test ${formatTestNo(testId)}`),
    details: { testId: String(testId) },
    ref: `pressure-test:${testId}`,
  });
  context.audit({ subject: `pressure-test:${testId}`, details: { leak: ticket.ticketNo } });
  return true;
};

/**
 * Hangs a new leak case under the test of its building, if one is on or was until two days ago. Repeating is safe: a case hangs
 * under one test. False when it is no leak, or no water is in.
 */
export const followLeak = async (context: CommandContext, ticketId: bigint): Promise<boolean> => {
  const { sql } = context;
  const ticket = await ticketOfId(sql, ticketId);
  if (ticket === null || !LEAK_CATEGORIES.includes(ticket.categoryCode)) return false;
  const buildingId = ticket.buildingId ?? (await findBuildingOfHome(sql, ticket));
  if (buildingId === null) return false;
  const test = await findTestUnderPressure(sql, {
    buildingId,
    at: ticket.openedAt,
    endedAfter: new Date(ticket.openedAt.getTime() - LEAK_AFTER_MS),
  });
  return test !== null && hang(context, ticket, test.id);
};

/**
 * Hangs a case under a test by a person's hand. False when it hangs there already.
 * @throws DomainError `pressure-test.not-found`, `ticket.not-found`, `pressure-test.not-a-leak`, `pressure-test.leak-elsewhere`
 */
export const joinLeak = async (
  context: CommandContext,
  testId: bigint,
  ticketNo: string,
): Promise<boolean> => {
  const { sql, actor, today } = context;
  const test = await beginTestChange(context, testId, undefined);
  const ticket = await accessTicket(sql, actor, ticketNo, today);
  if (!LEAK_CATEGORIES.includes(ticket.categoryCode)) {
    fail("pressure-test.not-a-leak", "only leaks hang under a test", {
      field: "ticketNo",
      remedy: `correct the category of the case first (${LEAK_CATEGORIES.join(", ")})`,
      facts: { category: ticket.categoryCode },
    });
  }
  if (await hang(context, ticket, test.id)) return true;
  const other = await findLeak(sql, ticket.id);
  if (other?.testId === test.id) return false;
  return fail("pressure-test.leak-elsewhere", "this case hangs under another test", {
    field: "ticketNo",
    facts: { test: other === null ? null : formatTestNo(other.testId) },
  });
};

/**
 * The water is shut off (已隔离): by the inlet valve, the riser's, or the building's. The case goes on until it is mended.
 * @throws DomainError `pressure-test.not-found`, `ticket.not-found`, `pressure-test.no-such-leak`,
 * `pressure-test.isolated-already`, `pressure-test.isolation-refused`
 */
export const isolateLeak = async (
  context: CommandContext,
  leak: { readonly testId: bigint; readonly ticketNo: string; readonly at?: Date | undefined },
): Promise<void> => {
  const { sql, actor, now, today } = context;
  const test = await beginTestChange(context, leak.testId, undefined);
  const ticket = await accessTicket(sql, actor, leak.ticketNo, today);
  const known = await findLeak(sql, ticket.id);
  if (known === null || known.testId !== test.id) {
    fail("pressure-test.no-such-leak", "this case does not hang under this test", { field: "ticketNo" });
  }
  const at = leak.at ?? now;
  if (at > now || at < ticket.openedAt) {
    fail("pressure-test.isolation-refused", "nothing is shut off before it is reported or after now", {
      field: "at",
    });
  }
  if (!(await markIsolated(sql, { ticketId: ticket.id, testId: test.id, at, by: staffIdOf(actor) }))) {
    fail("pressure-test.isolated-already", "this leak is isolated already");
  }
  await addEntry(context, ticket.id, {
    kind: "note",
    text: both("漏水点已隔离", "the leak is shut off"),
    details: { isolatedAt: at },
    ref: `pressure-test:${test.id}`,
  });
  context.audit({ subject: `pressure-test:${test.id}`, details: { isolated: ticket.ticketNo, at } });
};

export const pressureLeakSubscriber: Subscriber = {
  name: "pressure-leaks",
  handlers: {
    "ticket.field-asked": async (context, event) => {
      await followLeak(context, event.payload.ticketId);
    },
    "ticket.corrected": async (context, event) => {
      await followLeak(context, event.payload.ticketId);
    },
  },
};
