/**
 * Any sequence of commands: the case follows the table and nothing else, every change is one line of its timeline, and its
 * clocks say what its state says.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { runProofs } from "#src/money/ledger/index.ts";
import {
  addEntry,
  runTicketCommand,
  setOwner,
  ticketProofs,
  type TicketState,
} from "#src/service/tickets/index.ts";
import {
  findTransition,
  PERSON_COMMANDS,
  type PersonCommand,
  TICKET_TRANSITIONS,
} from "#src/service/tickets/states.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { as, buildTicketTown, openCase, type TicketTown } from "#tests/support/tickets.ts";

let db: TestDatabase;
let town: TicketTown;
beforeAll(async () => {
  db = await createTestDatabase("2026-11-20T09:00:00+08:00");
  town = await buildTicketTown(db);
});
afterAll(() => db.drop());

type Step =
  | { readonly do: PersonCommand }
  | { readonly do: "assign" | "call-back" }
  | { readonly do: "days"; readonly days: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PERSON_COMMANDS).map((command) => ({ do: command })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("assign" as const, "call-back" as const).map((one) => ({ do: one })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 16 }).map((days) => ({ do: "days" as const, days })) },
);

/** What a hand would write down beside the case. */
type Model = {
  state: TicketState;
  version: number;
  reopened: number;
  returned: number;
  /** Called back in this round. */
  proven: boolean;
  closedDaysAgo: number;
};

const WINDOW_DAYS = 15;

/** The refusal that the table and its guards ask for; null when the command is taken. */
const refusalOf = (model: Model, command: PersonCommand): string | null => {
  if (findTransition(model.state, command) === undefined) return "ticket.refused";
  if (command === "close" && !model.proven) return "ticket.evidence-needed";
  if (command === "reopen" && model.state === "closed" && model.closedDaysAgo >= WINDOW_DAYS)
    return "ticket.reopen-too-late";
  return null;
};

const follow = (model: Model, command: PersonCommand): void => {
  const to = findTransition(model.state, command)?.to;
  if (to === undefined || to === "before") throw new Error("a person's command leads to a state");
  model.state = to;
  model.version += 1;
  if (command === "return") model.returned += 1;
  if (command === "close") model.closedDaysAgo = 0;
  if (command === "reopen") {
    model.reopened += 1;
    model.proven = false;
  }
};

const codeOf = async (work: () => Promise<unknown>): Promise<string | null> => {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

const carryOut = async (ticketId: bigint, step: Step, model: Model): Promise<void> => {
  if (step.do === "days") {
    db.clock.advanceMs(step.days * 86_400_000);
    model.closedDaysAgo += step.days;
    return;
  }
  // Evidence of a round is younger than the reopening that began it.
  db.clock.advanceMs(60_000);
  if (step.do === "call-back") {
    await as(db, db.actor, (context) => addEntry(context, ticketId, { kind: "call", evidence: "call-back" }));
    model.proven = true;
    return;
  }
  if (step.do === "assign") {
    const owner = { staffId: null, role: "agent", areaId: null, level: "company" } as const;
    const code = await codeOf(() => as(db, db.actor, (context) => setOwner(context, ticketId, owner)));
    const row = TICKET_TRANSITIONS.find(({ from, command }) => from === model.state && command === "assign");
    expect(code).toBe(row === undefined ? "ticket.refused" : null);
    if (row === undefined || row.to === "before") return;
    model.state = row.to;
    model.version += 1;
    return;
  }
  const command = step.do;
  const input = { text: "why", closingClass: "solved", pauseReason: "no-access" } as const;
  const code = await codeOf(() =>
    as(db, db.actor, (context) => runTicketCommand(context, ticketId, command, input)),
  );
  expect([model.state, command, code]).toEqual([model.state, command, refusalOf(model, command)]);
  if (code === null) follow(model, command);
};

type Seen = {
  readonly state: TicketState;
  readonly version: number;
  readonly reopened: number;
  readonly returned: number;
  readonly lines: number;
  readonly running: number;
  readonly paused: number;
};

const seen = (ticketId: bigint) =>
  db.database.sql.one<Seen>(
    `select t.state, t.version, t.reopen_count as reopened, t.return_count as returned,
       (select count(*)::int from ticket_entries e where e.ticket_id = t.id and e.version is not null) as lines,
       (select count(*)::int from ticket_clocks c where c.ticket_id = t.id and c.kind = 'solution' and c.state = 'running') as running,
       (select count(*)::int from ticket_clocks c where c.ticket_id = t.id and c.kind = 'solution' and c.state = 'paused') as paused
     from tickets t where t.id = :ticketId`,
    { ticketId },
  );

const clocksFor = (state: TicketState): { running: number; paused: number } => {
  if (["resolved", "closed", "cancelled", "merged"].includes(state)) return { running: 0, paused: 0 };
  return state === "waiting" ? { running: 0, paused: 1 } : { running: 1, paused: 0 };
};

test("whatever is asked in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 14 }), async (asked) => {
      // No repeat, no return visit: those have tests of their own.
      const { ticketId } = await openCase(db, { category: "enquiry.time", accountId: town.accountId });
      const model: Model = {
        state: "new",
        version: 1,
        reopened: 0,
        returned: 0,
        proven: false,
        closedDaysAgo: 0,
      };
      for (const step of asked) await carryOut(ticketId, step, model);
      const { state, version, reopened, returned } = model;
      expect(await seen(ticketId)).toEqual({
        state,
        version,
        reopened,
        returned,
        lines: version,
        ...clocksFor(state),
      });
    }),
    { numRuns: 60 },
  );
  expect(await runProofs(db.database, ticketProofs)).toEqual([]);
});
