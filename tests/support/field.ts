/** A town that pays, in two areas, with a crew and a duty list: for the tests of field work. */
import { expect } from "vitest";
import { day } from "#src/kernel/day.ts";
import { fen } from "#src/kernel/money.ts";
import { takePayment } from "#src/money/collection/index.ts";
import { valveTaskSubscriber } from "#src/money/lifecycle/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { checkSubscribers, handleEvent, type Subscriber } from "#src/platform/outbox.ts";
import { addCrew, fieldSubscribers, setDutyPhone } from "#src/service/field/index.ts";
import { type NewTicket, openTicket } from "#src/service/tickets/index.ts";
import { createPayingTown, type PayingTown } from "./collection.ts";
import { person } from "./people.ts";
import { quietLog } from "./quiet-log.ts";
import { plantedAccountNo } from "./town.ts";

/** What one home owes for the season. */
export const BILL = 205_200n;
export const AREA = 7n;
export const OTHER_AREA = 8n;
const FIELD_SUBSCRIBERS = [valveTaskSubscriber, ...fieldSubscribers];

export type FieldTown = PayingTown & {
  readonly crewId: bigint;
  readonly manager: Actor;
  readonly agent: Actor;
  run<T>(work: (context: CommandContext) => Promise<T>, actor?: Actor): Promise<T>;
  /** Pays both seasons of a home in full; answers the payment. */
  pay(home: number): Promise<bigint>;
  shutValves(homes: readonly number[], state?: "closed" | "sealed" | "unknown"): Promise<void>;
  ticket(input: Partial<NewTicket> & { readonly category: string }): Promise<bigint>;
  /** What a worker does with everything that is open, in the order of the outbox. */
  work(subscribers?: readonly Subscriber[]): Promise<void>;
  rows<Row>(sql: string, bindings?: Readonly<Record<string, unknown>>): Promise<Row[]>;
};

/** Building 0 (homes 1 to 50) is served by area 7 of branch 5, every other building by area 8 of the same branch. */
const plantAreas = async (town: PayingTown): Promise<void> => {
  const { owner } = town.db;
  await owner.sql.run(
    `insert into service_areas (id, parent_id, code, name, level) values (5, null, 'B5', '东分公司', 'branch'),
       (7, 5, 'G7', '东一片区', 'area'), (8, 5, 'G8', '东二片区', 'area')`,
  );
  await owner.sql.run(
    `insert into service_area_buildings (area_id, building_id, valid)
     select case when id = 0 then 7 else 8 end, id, daterange('2020-01-01', null) from buildings`,
  );
};

export const createFieldTown = async (households = 60): Promise<FieldTown> => {
  const town = await createPayingTown(households);
  const { db, platform } = town;
  await plantAreas(town);
  const run: FieldTown["run"] = async (work, actor = db.actor) =>
    (await db.commands.run({ name: "test", actor }, work)).result;
  const from = day("2026-01-01");
  const crewId = await run((context) => addCrew(context, { code: "R1", name: "东区维修班", areaId: 5n }));
  for (const [areaId, rank, number] of [
    [AREA, 1, "13800000001"],
    [AREA, 2, "13800000002"],
    [5n, 1, "13800000003"],
    [null, 1, "13800000004"],
  ] as const) {
    await run((context) =>
      setDutyPhone(context, { areaId, rank, name: `值班${number.at(-1)}`, number, from }),
    );
  }
  let serial = 0;
  return {
    ...town,
    crewId,
    manager: {
      ...(await person(db, "field-manager", ["area-manager"], { areaIds: [AREA] })),
      scope: { kind: "areas", areaIds: [AREA] },
    },
    agent: await person(db, "field-agent", ["agent"]),
    run,
    pay: async (home) => {
      serial += 1;
      const { result } = await takePayment(
        platform,
        town.bankA,
        {
          accountNo: plantedAccountNo(home),
          amountFen: fen(2n * BILL),
          channel: "bank-a",
          serial: `F${serial}`,
          paidAt: db.clock.now(),
        },
        {},
      );
      return BigInt(result.paymentId);
    },
    shutValves: async (homes, state = "closed") => {
      await db.owner.sql.run(
        "update valve_states set state = :state where charge_point_id = any(:homes::bigint[])",
        { state, homes },
      );
    },
    ticket: async (input) =>
      (
        await run((context) =>
          openTicket(context, {
            channel: "phone",
            summary: "客户来电",
            callerNumber: "+8613900000000",
            ...input,
          }),
        )
      ).ticketId,
    work: async (subscribers = FIELD_SUBSCRIBERS) => {
      const { database, commands } = db;
      const checked = checkSubscribers(subscribers);
      for (;;) {
        const open = await database.sql.rows<{ id: bigint }>(
          "select id from outbox_events where settled_at is null and type = any(:types::text[]) order by id",
          { types: checked.heardTypes },
        );
        if (open.length === 0) break;
        for (const { id } of open)
          await handleEvent({ database, commands, subscribers: checked, log: quietLog }, id);
      }
      expect(
        await database.sql.rows(
          "select reason from dead_letters union all select last_error from event_tries order by 1",
        ),
      ).toEqual([]);
    },
    rows: (sql, bindings = {}) => db.database.sql.rows(sql, bindings),
  };
};
