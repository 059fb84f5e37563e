/** A town to bill: a home for every case of the billing rule, with Zhengzhou's tariff. */
import { parseAreaM2 } from "#src/kernel/area.ts";
import { day } from "#src/kernel/day.ts";
import { billingProofs } from "#src/money/billing/index.ts";
import { ledgerProofs, type Offender, runProofs } from "#src/money/ledger/index.ts";
import { installZhengzhouTariff } from "#src/money/tariffs/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { buildSmallTown, home, openTestAccount, type SmallTown } from "./small-town.ts";

export type BillingTown = { readonly db: TestDatabase; readonly town: SmallTown };

const ofPoint = `(select point.id from charge_points point join heat_accounts account on account.id = point.account_id
  where account.account_no = :accountNo and point.ordinal = 1)`;

/** Sets the supply state of an account's first charge point from the beginning on. */
export const setSupply = (db: TestDatabase, accountNo: string, state: string) =>
  db.owner.sql.run(`update supply_states set state = :state where charge_point_id = ${ofPoint}`, {
    accountNo,
    state,
  });

/** Zhengzhou's tariff for the seasons; by hand, so that every figure of a test is its own. */
export const installTariff = (db: TestDatabase, seasons: readonly number[]) =>
  db.commands.run({ name: "tariff.install-zhengzhou", actor: db.actor }, (context) =>
    installZhengzhouTariff(context, seasons),
  );

/**
 * Accounts, all opened on 2025-07-01 unless told: `H001` 90.00 m2 (2,052.00 yuan a season), `H002` 88.37 m2
 * (2,014.84), `H003` series loop, `H004` shop 100 m2 gross (3,360.00), `H005` stopped, `H006` stopped in a series loop,
 * `H007` physically cut off, `H008` closed, `H009` without area yet, `H010` never opened, `H011` garage at half price.
 */
export const createBillingTown = async (
  at = "2026-09-01T09:00:00+08:00",
  seasons: readonly number[] = [2025, 2026],
): Promise<BillingTown> => {
  const db = await createTestDatabase(at);
  const town = await buildSmallTown(db);
  const openedOn = day("2025-07-01");
  const open = (accountNo: string, overrides: Parameters<typeof home>[0] = {}) =>
    openTestAccount(db, town, accountNo, { openedOn, chargePoints: [home(overrides)] });
  await open("H001");
  await open("H002", { innerArea: parseAreaM2("88.37") });
  await open("H003", { loopType: "series" });
  await open("H004", { heatClass: "non-residential", innerArea: null, grossArea: parseAreaM2("100") });
  await open("H005");
  await open("H006", { loopType: "series" });
  await open("H007");
  await open("H008");
  await open("H009");
  await open("H010");
  await open("H011", { shareBasisPoints: 5000 });
  await setSupply(db, "H005", "suspended");
  await setSupply(db, "H006", "suspended");
  await setSupply(db, "H007", "cut-off");
  await setSupply(db, "H010", "never-opened");
  await db.owner.sql.run(
    `update heat_accounts set state = 'closed', closed_on = '2025-08-01' where account_no = 'H008'`,
  );
  await db.owner.sql.run(
    `update charge_point_terms set billing_area_milli_m2 = 0 where charge_point_id = ${ofPoint}`,
    { accountNo: "H009" },
  );
  await installTariff(db, seasons);
  return { db, town };
};

/** Every proof over ledger and bills; an empty list is the proof. */
export const offendersOf = (db: TestDatabase): Promise<Offender[]> =>
  runProofs(db.database, [...ledgerProofs, ...billingProofs]);

/** A platform for commands on a test database. */
export const runningOn = (db: TestDatabase) => ({
  database: db.database,
  commands: db.commands,
  clock: db.clock,
});
