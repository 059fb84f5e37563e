/** domain rule 9: payment in full raises an opening task where the valve is shut; a reversal recalls it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fen } from "#src/kernel/money.ts";
import { accessPayment, reverseByMessage, takePayment } from "#src/money/collection/index.ts";
import { accessAccount, changeState } from "#src/town/accounts/index.ts";
import { checkSubscribers, handleEvent } from "#src/platform/outbox.ts";
import { SUBSCRIBERS } from "#workers/subscribers.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

const BILL = 205_200n;

describe("valve-opening tasks", () => {
  let town: PayingTown;
  let serial = 0;
  beforeAll(async () => {
    town = await createPayingTown(20);
    const { owner } = town.db;
    // Homes 1-3: shut, sealed, unknown. The others are last season's users, open. Areas serve their building.
    for (const [point, state] of [
      [1, "closed"],
      [2, "sealed"],
      [3, "unknown"],
      [4, "closed"],
      [5, "closed"],
    ] as const) {
      await owner.sql.run("update valve_states set state = :state where charge_point_id = :point", {
        point,
        state,
      });
    }
    await owner.sql.run("insert into service_areas (id, code, name, level) values (7, 'G7', '片区', 'area')");
    await owner.sql.run(
      "insert into service_area_buildings (area_id, building_id, valid) values (7, 0, daterange('2020-01-01', null))",
    );
  });
  afterAll(() => town.db.drop());

  const pay = async (home: number, amount: bigint): Promise<bigint> => {
    serial += 1;
    const { result } = await takePayment(
      town.platform,
      town.bankA,
      {
        accountNo: plantedAccountNo(home),
        amountFen: fen(amount),
        channel: "bank-a",
        serial: `V${serial}`,
        paidAt: town.db.clock.now(),
      },
      {},
    );
    return BigInt(result.paymentId);
  };
  /** What a worker does with everything that is open, in the order of the outbox. */
  const work = async (): Promise<void> => {
    const { database, commands } = town.db;
    const open = await database.sql.rows<{ id: bigint }>(
      "select id from outbox_events where settled_at is null order by id",
    );
    const subscribers = checkSubscribers(SUBSCRIBERS);
    for (const { id } of open) await handleEvent({ database, commands, subscribers, log: quietLog }, id);
    expect(
      await database.sql.rows(
        "select reason from dead_letters union all select last_error from event_tries order by 1",
      ),
    ).toEqual([]);
  };
  const tasksOf = (home: number) =>
    town.db.database.sql.rows<{ state: string; areaId: bigint | null; ownerRole: string }>(
      `select state, area_id as "areaId", owner_role as "ownerRole" from tasks
       where kind = 'valve-opening' and account_id = :home order by id`,
      { home },
    );
  const open = { state: "open", areaId: 7n, ownerRole: "area-manager" };

  test("paid in full behind a closed, sealed or unknown valve: one task for the area; an open valve: none", async () => {
    for (const home of [1, 2, 3, 6]) await pay(home, 2n * BILL);
    await work();
    for (const home of [1, 2, 3]) expect(await tasksOf(home)).toEqual([open]);
    expect(await tasksOf(6)).toEqual([]);
  });

  test("a part payment raises nothing, the rest of it does, and another payment no second one", async () => {
    await pay(4, 2n * BILL - 1n);
    await work();
    expect(await tasksOf(4)).toEqual([]);
    await pay(4, 1n);
    await work();
    await pay(4, 500n);
    await work();
    expect(await tasksOf(4)).toEqual([open]);
  });

  test("a reversal recalls the task, and the next payment in full raises a new one", async () => {
    const paymentId = await pay(5, 2n * BILL);
    await work();
    expect(await tasksOf(5)).toEqual([open]);
    await reverse(paymentId);
    await work();
    expect(await tasksOf(5)).toEqual([{ ...open, state: "recalled" }]);
    await pay(5, 2n * BILL);
    await work();
    expect(await tasksOf(5)).toEqual([{ ...open, state: "recalled" }, open]);
  });

  test("paid, reversed and paid again before the worker comes: one open task", async () => {
    await town.db.owner.sql.run("update valve_states set state = 'closed' where charge_point_id = 8");
    await reverse(await pay(8, 2n * BILL));
    await pay(8, 2n * BILL);
    await work();
    expect(await tasksOf(8)).toEqual([open]);
  });

  test("a valve that was opened recalls the task; one that is sealed for a stop raises none", async () => {
    await town.db.owner.sql.run("update valve_states set state = 'closed' where charge_point_id = 14");
    await pay(14, 2n * BILL);
    await work();
    expect(await tasksOf(14)).toEqual([open]);
    await turn(14, "valve", "open");
    await work();
    expect(await tasksOf(14)).toEqual([{ ...open, state: "recalled" }]);
    await pay(15, 2n * BILL);
    await turn(15, "supply", "suspend");
    await turn(15, "valve", "seal");
    await work();
    expect(await tasksOf(15)).toEqual([]);
  });

  test("a valve closed again by mistake gets a crew again, twice on one day as well; sealing it meanwhile raises no second", async () => {
    await town.db.owner.sql.run("update valve_states set state = 'closed' where charge_point_id = 16");
    await pay(16, 2n * BILL);
    await work();
    await turn(16, "valve", "open");
    await work();
    const recalled = { ...open, state: "recalled" };
    for (const before of [[recalled], [recalled, recalled]]) {
      expect(await tasksOf(16)).toEqual(before);
      await turn(16, "valve", "close");
      await work();
      expect(await tasksOf(16)).toEqual([...before, open]);
      await turn(16, "valve", "seal");
      await work();
      expect(await tasksOf(16)).toEqual([...before, open]);
      await turn(16, "valve", "unseal");
      await turn(16, "valve", "open");
      await work();
    }
  });

  test("a chunk of a bank's file is one event for all of its homes", async () => {
    const homes = [10, 11, 12, 13];
    await town.db.owner.sql.run(
      "update valve_states set state = 'closed' where charge_point_id = any(:homes::bigint[]) and charge_point_id <> 13",
      { homes },
    );
    const paymentIds: bigint[] = [];
    for (const home of homes) paymentIds.push(await pay(home, 2n * BILL));
    // As the import would: one event for the chunk instead of one for each payment.
    await town.db.owner.sql.run("update outbox_events set settled_at = now() where settled_at is null");
    await town.db.commands.run({ name: "test", actor: town.db.actor }, async (context) => {
      context.emit({
        type: "payments.imported",
        subject: "bank-import:1",
        payload: { importFileId: "1", chunk: 1, paymentIds: paymentIds.map(String) },
      });
    });
    await work();
    for (const home of [10, 11, 12]) expect(await tasksOf(home)).toEqual([open]);
    expect(await tasksOf(13)).toEqual([]);
  });

  const turn = (home: number, machine: "supply" | "valve", command: string) =>
    town.db.commands.run({ name: "account.change-state", actor: town.db.actor }, async (context) =>
      changeState(context, {
        account: await accessAccount(context.sql, town.db.actor, plantedAccountNo(home), context.today),
        machine,
        command,
        reason: "seen on the spot",
        effectiveOn: context.today,
      }),
    );

  const reverse = async (paymentId: bigint): Promise<void> => {
    serial += 1;
    const order = { serial: `R${serial}`, reason: "bank reversed" };
    await town.platform.commands.run({ name: "payment.reverse", actor: town.bankA }, async (context) =>
      reverseByMessage(
        context,
        await accessPayment(context.sql, town.bankA, paymentId, context.today),
        order,
      ),
    );
  };
});
