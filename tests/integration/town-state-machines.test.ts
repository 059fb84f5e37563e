import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { DomainError, must } from "#src/kernel/errors.ts";
import {
  accountMachine,
  accountOfId,
  changeState,
  nextState,
  type StateMachine,
  supplyMachine,
  valveMachine,
} from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { buildSmallTown, openTestAccount } from "#tests/support/small-town.ts";

let db: TestDatabase;
let accountId: bigint;
let chargePointId: bigint;
beforeAll(async () => {
  db = await createTestDatabase();
  const opened = await openTestAccount(db, await buildSmallTown(db), "10000001");
  accountId = opened.accountId;
  chargePointId = must(opened.chargePointIds[0], "the charge point");
});
afterAll(() => db.drop());

/** The expected end of every pair, written by hand: a change of a table must be made here too. */
const EXPECTED: Record<string, string> = {
  "account pending connect": "connected",
  "account pending close": "closed",
  "account connected activate": "active",
  "account connected close": "closed",
  "account active begin-transfer": "transferring",
  "account active close": "closed",
  "account transferring complete-transfer": "active",
  "account transferring cancel-transfer": "active",
  "account closed reconnect": "connected",
  "supply undecided supply": "supplied",
  "supply undecided suspend": "suspended",
  "supply undecided close-for-arrears": "closed-for-arrears",
  "supply undecided close-for-violation": "closed-for-violation",
  "supply undecided cut-off": "cut-off",
  "supply undecided declare-never-opened": "never-opened",
  "supply supplied suspend": "suspended",
  "supply supplied close-for-arrears": "closed-for-arrears",
  "supply supplied close-for-violation": "closed-for-violation",
  "supply supplied cut-off": "cut-off",
  "supply supplied open-season": "undecided",
  "supply suspended resume": "supplied",
  "supply suspended close-for-violation": "closed-for-violation",
  "supply suspended cut-off": "cut-off",
  "supply closed-for-arrears settle-arrears": "supplied",
  "supply closed-for-arrears cut-off": "cut-off",
  "supply closed-for-arrears open-season": "undecided",
  "supply closed-for-violation end-violation": "supplied",
  "supply closed-for-violation cut-off": "cut-off",
  "supply cut-off restore": "undecided",
  "supply never-opened supply": "supplied",
  "supply never-opened cut-off": "cut-off",
  "valve open close": "closed",
  "valve open seal": "sealed",
  "valve open lose-track": "unknown",
  "valve closed open": "open",
  "valve closed seal": "sealed",
  "valve closed lose-track": "unknown",
  "valve sealed unseal": "closed",
  "valve sealed lose-track": "unknown",
  "valve unknown open": "open",
  "valve unknown close": "closed",
  "valve unknown seal": "sealed",
};

const MACHINES: readonly StateMachine[] = [accountMachine, supplyMachine, valveMachine];
const PAIRS = MACHINES.flatMap((machine) =>
  machine.states.flatMap((from) => machine.commands.map((command) => ({ machine, from, command }))),
);

const stateOf = async (machine: StateMachine): Promise<string> => {
  const row = await db.database.sql.one<{ state: string }>(
    machine.name === "account"
      ? "select state from heat_accounts where id = :accountId and :chargePointId::bigint > 0"
      : `select state from ${machine.name}_states
         where charge_point_id = :chargePointId and upper_inf(valid) and :accountId::bigint > 0`,
    { accountId, chargePointId },
  );
  return row.state;
};

/** The day before the clock's, so that each change is one of a later day. */
const putInto = async (machine: StateMachine, from: string): Promise<void> => {
  if (machine.name === "account") {
    await db.owner.sql.run("update heat_accounts set state = :from where id = :accountId", {
      from,
      accountId,
    });
    return;
  }
  const table = `${machine.name}_states`;
  await db.owner.sql.run(`delete from ${table} where charge_point_id = :chargePointId`, { chargePointId });
  await db.owner.sql.run(
    `insert into ${table} (charge_point_id, valid, state)
     values (:chargePointId, daterange('2026-08-01', null), :from)`,
    { chargePointId, from },
  );
};

test("the tables and the expectation name the same pairs", () => {
  const listed = MACHINES.flatMap((machine) =>
    machine.transitions.map((row) => [`${machine.name} ${row.from} ${row.command}`, row.to]),
  );
  expect(Object.fromEntries(listed)).toEqual(EXPECTED);
  expect(listed.length).toBe(Object.keys(EXPECTED).length);
});

const attempt = async (machine: StateMachine, from: string, command: string) => {
  await putInto(machine, from);
  const account = must(await accountOfId(db.database.sql, accountId), "the account");
  return db.commands.run({ name: "account.change-state", actor: db.actor }, (context) =>
    changeState(context, {
      account,
      machine: machine.name,
      command,
      reason: "test",
      effectiveOn: day("2026-09-01"),
    }),
  );
};

const expectedOf = ({ machine, from, command }: (typeof PAIRS)[number]): string | undefined =>
  EXPECTED[`${machine.name} ${from} ${command}`];

const EVENTS = { account: "account.state-changed", supply: "supply.changed", valve: "valve.changed" };

test.each(PAIRS.filter((pair) => expectedOf(pair) !== undefined))(
  "$machine.name: $command from $from is done",
  async (pair) => {
    const { machine, from, command } = pair;
    const to = expectedOf(pair);
    expect(nextState(machine, from, command)).toBe(to);
    await expect(attempt(machine, from, command)).resolves.toMatchObject({ result: { from, to } });
    expect(await stateOf(machine)).toBe(to);
    const trace = await db.database.sql.one(
      `select change.from_state as "from", change.to_state as "to", change.machine,
         (select type from outbox_events order by id desc limit 1) as event,
         (select details ->> 'command' from audit_events order by id desc limit 1) as audited
       from state_changes change order by change.id desc limit 1`,
    );
    expect(trace).toEqual({ from, to, machine: machine.name, event: EVENTS[machine.name], audited: command });
  },
);

test.each(PAIRS.filter((pair) => expectedOf(pair) === undefined))(
  "$machine.name: $command from $from is refused",
  async ({ machine, from, command }) => {
    const allowed = machine.transitions.filter((row) => row.from === from).map((row) => row.command);
    expect(() => nextState(machine, from, command)).toThrow(DomainError);
    await expect(attempt(machine, from, command)).rejects.toMatchObject({
      code: "state.refused",
      detail: { facts: { machine: machine.name, from, command, allowed } },
    });
    expect(await stateOf(machine)).toBe(from);
  },
);

describe("the days of a state", () => {
  const change = async (command: string, effectiveOn: string) => {
    const account = must(await accountOfId(db.database.sql, accountId), "the account");
    return db.commands.run({ name: "account.change-state", actor: db.actor }, (context) =>
      changeState(context, {
        account,
        machine: "valve",
        command,
        reason: "test",
        effectiveOn: day(effectiveOn),
      }),
    );
  };
  const valveDays = () =>
    db.database.sql.rows(
      `select lower(valid)::text as "from", upper(valid)::text as until, state from valve_states
       where charge_point_id = :chargePointId order by lower(valid)`,
      { chargePointId },
    );

  test("a later day ends the old range; the same day keeps its last state and both changes", async () => {
    await putInto(valveMachine, "closed");
    const before = await db.database.sql.one<{ n: number }>("select count(*)::int as n from state_changes");
    await change("open", "2026-08-20");
    await change("close", "2026-08-20");
    await change("seal", "2026-08-25");
    expect(await valveDays()).toEqual([
      { from: "2026-08-01", until: "2026-08-20", state: "closed" },
      { from: "2026-08-20", until: "2026-08-25", state: "closed" },
      { from: "2026-08-25", until: null, state: "sealed" },
    ]);
    const after = await db.database.sql.one<{ n: number }>("select count(*)::int as n from state_changes");
    expect(after.n - before.n).toBe(3);
  });

  test("no day before the last change, none in the future", async () => {
    await expect(change("unseal", "2026-08-24")).rejects.toMatchObject({ code: "state.before-last-change" });
    await expect(change("unseal", "2026-09-02")).rejects.toMatchObject({ code: "state.in-future" });
  });

  test("two people at once: one change, one refusal", async () => {
    await putInto(valveMachine, "closed");
    const both = await Promise.allSettled([change("open", "2026-08-20"), change("open", "2026-08-20")]);
    expect(both.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((outcome) => outcome.status === "rejected")).toMatchObject({
      reason: { code: "state.refused" },
    });
  });
});
