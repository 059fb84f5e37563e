/** Cases to hang clocks on, in a test database with seasons and holidays. */
import { defineSeason, holidays2026, installHolidays, zhengzhouSeason } from "#src/office/calendars/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { buildSmallTown, type SmallTown } from "./small-town.ts";

export type ClockTown = { readonly db: TestDatabase; readonly town: SmallTown };

export const at = (wall: string): Date => new Date(`${wall.replace(" ", "T")}:00+08:00`);

export const createClockTown = async (now = "2026-11-20T09:00:00+08:00"): Promise<ClockTown> => {
  const db = await createTestDatabase(now);
  const town = await buildSmallTown(db);
  await db.commands.run({ name: "test.calendars", actor: db.actor }, async (context) => {
    for (const season of [2025, 2026]) await defineSeason(context, zhengzhouSeason(season));
    await installHolidays(context, holidays2026);
  });
  return { db, town };
};

/** A case with a plain row, so that the clocks' tests stand on their own feet. */
export const plantTicket = async (
  db: TestDatabase,
  openedAt: Date,
  category = "heat.not-hot",
): Promise<bigint> => {
  const row = await db.owner.sql.one<{ id: bigint }>(
    `insert into tickets (category_code, source, channel, severity, summary, opened_at, changed_at)
     values (:category, 'reported', 'phone', 'ordinary', 'a case of a test', :openedAt, :openedAt) returning id`,
    { category, openedAt },
  );
  return row.id;
};
