/** One day of a company, 10 November 2026, whose figures are counted here by hand: sixty homes in two areas of a branch. */
import { fen } from "#src/kernel/money.ts";
import { accessPayment, reverseByMessage, takePayment } from "#src/money/collection/index.ts";
import { BILL, createFieldTown, type FieldTown } from "./field.ts";
import { abandonedCall, answeredCall, placeCall } from "./hotline.ts";
import { plantedAccountNo } from "./town.ts";

export const DAY = "2026-11-10";
const at = (time: string, on = DAY): Date => new Date(`${on}T${time}:00+08:00`);

/** Homes 1, 3 and 51 pay, 2 is reversed, 4 is doubted, 55 paid the day before; home 3 pays 50.00 too much. */
const collect = async (town: FieldTown): Promise<void> => {
  const { db } = town;
  db.clock.set(`2026-11-09T09:00:00+08:00`);
  await town.pay(55);
  db.clock.set(`${DAY}T09:00:00+08:00`);
  await town.pay(1);
  const reversed = await town.pay(2);
  await db.commands.run({ name: "payment.reverse", actor: town.bankA }, async (context) =>
    reverseByMessage(context, await accessPayment(context.sql, town.bankA, reversed, context.today), {
      reason: "the bank took it back",
      serial: "R-1",
    }),
  );
  await takePayment(
    town.platform,
    town.bankA,
    {
      accountNo: plantedAccountNo(3),
      amountFen: fen(2n * BILL + 5000n),
      channel: "bank-a",
      serial: "TOO-MUCH",
      paidAt: db.clock.now(),
    },
    {},
  );
  await town.pay(51);
  const doubted = await town.pay(4);
  await db.owner.sql.run("update payments set state = 'doubtful' where id = :doubted", { doubted });
  await db.owner.sql.run(
    "insert into suspense_items (channel_id, amount_fen, received_on) values (2, 100000, '2026-11-08')",
  );
};

/**
 * Two answered at once; A is lost at 09:00 and answered at 10:00, B is lost at 09:10 and answered at 12:30, S gives up after
 * two seconds.
 */
const ring = async ({ platform }: FieldTown): Promise<void> => {
  await placeCall(platform, at("08:30"), answeredCall("13900000001"));
  await placeCall(platform, at("08:40"), answeredCall("13900000002"));
  await placeCall(platform, at("09:00"), abandonedCall("13900000010"));
  await placeCall(platform, at("09:10"), abandonedCall("13900000011"));
  await placeCall(platform, at("09:20"), [
    { type: "ringing", at: 0, direction: "inbound", from: "13900000012", line: "L02" },
    { type: "queued", at: 2 },
    { type: "abandoned", at: 4 },
  ]);
  await placeCall(platform, at("10:00"), answeredCall("13900000010"));
  await placeCall(platform, at("12:30"), answeredCall("13900000011"));
};

/** Two cold homes and a leak; of two that were due that day one was done in time, the other is open. */
const openCases = async (town: FieldTown): Promise<void> => {
  const { owner } = town.db;
  const cold = await town.ticket({ category: "heat.not-hot", accountId: 1n, buildingId: 0n });
  const unsteady = await town.ticket({ category: "heat.unsteady", accountId: 51n, buildingId: 1n });
  await town.ticket({
    category: "fault.leak",
    severity: "emergency",
    accountId: 7n,
    buildingId: 0n,
    fields: { place: "room", running: true },
  });
  await owner.sql.run(
    `update tickets set state = 'closed', closed_at = :at, closing_class = 'solved' where id = :cold`,
    { cold, at: at("15:00") },
  );
  await owner.sql.run(
    `update ticket_clocks set state = 'stopped', stopped_at = :at, met = true, due_at = :due, warn_at = :at
     where ticket_id = :cold and kind = 'solution'`,
    { cold, at: at("15:00"), due: at("16:00") },
  );
  await owner.sql.run(
    `update ticket_clocks set due_at = :due, warn_at = :due where ticket_id = :unsteady and kind = 'solution'`,
    { unsteady, due: at("17:00") },
  );
  await owner.sql.run(
    `update ticket_clocks set state = 'stopped', stopped_at = t.opened_at + interval '25 minutes', met = true
     from tickets t where t.id = ticket_id and t.category_code = 'fault.leak' and kind = 'on-site'`,
  );
  for (const [no, signed, due, ticketId] of [
    ["W-1", at("10:30"), at("18:00", "2026-11-12"), cold],
    ["W-2", null, at("08:00"), unsteady],
  ] as const) {
    await owner.sql.run(
      `insert into referrals (ticket_id, authority_code, outside_no, state, demand, received_at, due_at, entered_at, signed_for_at)
       values (:ticketId, '12345', :no, case when :signed::timestamptz is null then 'received' else 'signed-for' end, '暖气不热',
         :received, :due, :received, :signed)`,
      { ticketId, no, signed, due, received: no === "W-1" ? at("09:00") : at("09:00", "2026-11-09") },
    );
  }
};

/** Home 5 is shut, home 6 hangs in a series; home 8 has paid for two days; two hours without heat, told of twice; three slips. */
const supply = async (town: FieldTown): Promise<void> => {
  const { owner } = town.db;
  await town.shutValves([5]);
  await owner.sql.run("update charge_point_terms set loop_type = 'series' where charge_point_id = 6");
  await owner.sql.run(
    `insert into state_changes (machine, account_id, charge_point_id, from_state, to_state, reason, effective_on, changed_at)
     values ('valve', 5, 5, 'open', 'closed', '关阀', :day, :at)`,
    { day: DAY, at: at("11:00") },
  );
  await owner.sql.run(
    `insert into tasks (kind, source, title, account_id, owner_role, created_at)
     values ('valve-opening', 'test:8', '开阀', 8, 'area-manager', :since)`,
    { since: at("09:00", "2026-11-08") },
  );
  await owner.sql.run(
    `insert into supply_outages (station_id, from_at, to_at)
     values (1, :eight, :ten), (1, :nine, :ten)`,
    { eight: at("08:00"), nine: at("09:00"), ten: at("10:00") },
  );
  for (const [n, windows, tenths] of [
    [1, "closed-30-min", 192],
    [2, "closed-30-min", 179],
    [3, "open", 150],
  ] as const) {
    await owner.sql.run(
      `with work as (
         insert into work_orders (kind, state, source_key, account_id, building_id, address, opened_at, result, finished_at)
         values ('temperature', 'done', 'test:' || :n::int, 10 + :n::int, 0, '测试', :at, 'done', :at) returning id
       ), slip as (
         insert into temperature_slips (work_order_id, ordinal, instrument_no, calibrated_on, measured_at, outdoor_tenths,
           windows, measurer_name, signature_kind, signature_name, recorded_at)
         select id, 1, 'T-1', '2026-09-01', :at, -30 - :n::int * 10, :windows, '测温员', 'witness', '住户', :at from work returning id
       )
       insert into temperature_readings (slip_id, ordinal, room, height_cm, reading_tenths)
       select id, 1, '客厅', 140, :tenths from slip union all select id, 2, '卧室', 140, :tenths + 10 from slip`,
      { n, windows, tenths, at: at("14:00") },
    );
  }
};

/** The clock stands at half past seven of the next morning. */
export const createMorningTown = async (): Promise<FieldTown> => {
  const town = await createFieldTown(60);
  await collect(town);
  town.db.clock.set(`${DAY}T13:00:00+08:00`);
  await ring(town);
  await openCases(town);
  await supply(town);
  town.db.clock.set("2026-11-11T07:30:00+08:00");
  return town;
};
