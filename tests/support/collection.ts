/** A town that pays: seasons, homes with bills, channels, and the people and machines that take money. */
import type { Actor, Role } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { person, platformOf } from "./people.ts";
import { plantBills, plantSeasons, plantTown } from "./town.ts";

export type PayingTown = {
  readonly db: TestDatabase;
  readonly platform: Platform;
  readonly cashier: Actor;
  readonly otherCashier: Actor;
  readonly finance: Actor;
  readonly approver: Actor;
  readonly bankA: Actor;
  readonly bankB: Actor;
};

export const COUNTER = 1;
export const BANK_A = 2;
export const BANK_B = 3;

const machine = (id: bigint, name: string, role: Role, channelId: number): Actor => ({
  kind: "machine",
  id,
  name,
  roles: [role],
  scope: { kind: "everything" },
  channelId,
});

/** Homes 1 to `households`, each with a debt of 2025 and an offer of 2026, both 2,052.00 yuan, or without any bill. */
export const createPayingTown = async (
  households = 40,
  options: { readonly withBills?: boolean } = {},
): Promise<PayingTown> => {
  const db = await createTestDatabase("2026-11-10T09:00:00+08:00");
  await plantSeasons(db.owner, 2024, 2026);
  await plantTown(db.owner, households);
  await db.owner.sql.run(
    `insert into channels (id, code, name, name_en, kind, real_time)
     values (1, 'counter', '营业厅', 'Counter', 'counter', true), (2, 'bank-a', 'A 银行', 'Bank A', 'bank', true),
       (3, 'bank-b', 'B 银行', null, 'bank', true), (4, 'closed-shop', '已停用渠道', null, 'agent', true)`,
  );
  await db.owner.sql.run("update channels set active = false where id = 4");
  if (options.withBills !== false) {
    await plantBills(db.owner, 2025, "due");
    await plantBills(db.owner, 2026, "offered");
  }
  return {
    db,
    platform: platformOf(db),
    cashier: await person(db, "cashier-one", ["cashier"]),
    otherCashier: await person(db, "cashier-two", ["cashier"]),
    finance: await person(db, "finance-one", ["finance"]),
    approver: await person(db, "approver-one", ["finance-approver"]),
    bankA: machine(901n, "bank-a", "bank-channel", BANK_A),
    bankB: machine(902n, "bank-b", "bank-channel", BANK_B),
  };
};
