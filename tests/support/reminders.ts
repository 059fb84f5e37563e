/** A town that owes: homes with an offer of 2026 each, of 2,052.00 yuan, and what people do about them. */
import { type Day, day } from "#src/kernel/day.ts";
import { fen } from "#src/kernel/money.ts";
import { accessPayment, reverseByMessage, takePayment } from "#src/money/collection/index.ts";
import {
  type Advance,
  advanceLadder,
  type AdvanceOptions,
  type ToldOfClosing,
} from "#src/money/reminders/index.ts";
import { accessAccount, type HoldKind, placeHold, releaseHold } from "#src/town/accounts/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { createPayingTown, type PayingTown } from "./collection.ts";
import { plantBills, plantedAccountNo } from "./town.ts";

export const BILL_FEN = 205_200;

export type OwingTown = PayingTown & {
  /** The clock stands at nine of a day. */
  at(text: string): void;
  advance(options?: Partial<AdvanceOptions>): Promise<Advance>;
  /** Moves the clock to the day and lets the timetable's pass run. */
  advanceOn(text: string): Promise<Advance>;
  pay(home: number, amount?: number): Promise<bigint>;
  takeBack(paymentId: bigint): Promise<void>;
  hold(home: number, kind: HoldKind, from: Day, until?: Day | null): Promise<bigint>;
  release(home: number, holdId: bigint): Promise<void>;
  stages(home: number): Promise<string[]>;
  run<T>(work: (context: CommandContext) => Promise<T>): Promise<T>;
};

const STAGES_OF = `
  select stage.code from dunning_entries entry join dunning_runs run on run.id = entry.run_id
  join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank
  where entry.account_id = :home order by entry.season_id, entry.rank`;

/** As if every valve notice arrived on the day of its stage: what the room that sends says is tested there (closing-told.test.ts). */
export const toldAtStage: ToldOfClosing = async (sql, { accountIds, season }) => {
  const rows = await sql.rows<{ accountId: bigint; enteredOn: Day }>(
    `select entry.account_id as "accountId", entry.entered_on as "enteredOn" from dunning_entries entry
     join dunning_runs run on run.id = entry.run_id
     join dunning_stages stage on stage.ladder_id = run.ladder_id and stage.rank = run.rank and stage.audience = 'closable'
     where entry.account_id = any(:accountIds::bigint[]) and entry.season_id = :season`,
    { accountIds, season },
  );
  return {
    told: new Map(rows.map((row) => [row.accountId, { on: row.enteredOn, by: "message:1" }])),
    waiting: new Set(),
  };
};

export const createOwingTown = async (
  households = 12,
  options: { readonly at?: string; readonly oldDebts?: boolean } = {},
): Promise<OwingTown> => {
  const town = await createPayingTown(households, { withBills: false });
  if (options.oldDebts === true) await plantBills(town.db.owner, 2025, "due");
  await plantBills(town.db.owner, 2026, "offered");
  const { db, platform, bankA } = town;
  let serial = 0;
  const account = (context: CommandContext, home: number) =>
    accessAccount(context.sql, db.actor, plantedAccountNo(home), context.today);
  const made: OwingTown = {
    ...town,
    at: (text) => db.clock.set(`${text}T09:00:00+08:00`),
    run: async (work) => (await db.commands.run({ name: "test.command", actor: db.actor }, work)).result,
    advance: (more = {}) => advanceLadder(platform, { actor: db.actor, ...more }),
    advanceOn: (text) => {
      made.at(text);
      return made.advance();
    },
    pay: async (home, amount = BILL_FEN) => {
      serial += 1;
      const { result } = await takePayment(
        platform,
        bankA,
        {
          accountNo: plantedAccountNo(home),
          amountFen: fen(amount),
          channel: "bank-a",
          serial: `P-${serial}`,
          paidAt: db.clock.now(),
        },
        {},
      );
      return BigInt(result.paymentId);
    },
    takeBack: async (paymentId) => {
      serial += 1;
      const message = { reason: "the bank took it back", serial: `R-${serial}` };
      await db.commands.run({ name: "payment.reverse", actor: bankA }, async (context) =>
        reverseByMessage(context, await accessPayment(context.sql, bankA, paymentId, context.today), message),
      );
    },
    hold: async (home, kind, from, until = null) => {
      const { holdId } = await made.run(async (context) =>
        placeHold(context, {
          account: await account(context, home),
          kind,
          reason: "test",
          startsOn: from,
          endsOn: until,
        }),
      );
      return holdId;
    },
    release: async (home, holdId) => {
      await made.run(async (context) =>
        releaseHold(context, { account: await account(context, home), holdId, reason: "test" }),
      );
    },
    stages: async (home) =>
      (await db.owner.sql.rows<{ code: string }>(STAGES_OF, { home })).map((row) => row.code),
  };
  made.at(options.at ?? "2026-09-01");
  return made;
};

/** The day in Shanghai as a `Day`. */
export const on = (text: string): Day => day(text);
