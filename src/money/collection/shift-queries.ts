import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";

type ShiftRow = { readonly staffId: bigint; readonly state: string; readonly businessDay: Day };

const shiftForPayment = (sql: Sql, shiftId: bigint): Promise<ShiftRow | null> =>
  sql.maybeOne<ShiftRow>(
    `select staff_id as "staffId", state, business_day as "businessDay" from shifts where id = :shiftId for share`,
    { shiftId },
  );

/**
 * The shift in which money may be taken now: open, of this cashier, of today. Held against closing until commit.
 * @throws DomainError `shift.unknown` (also for another cashier's), `shift.closed`, `shift.of-another-day`
 */
export const requireOpenShift = async (
  sql: Sql,
  shiftId: bigint,
  actor: Actor,
  today: Day,
): Promise<void> => {
  const shift = await shiftForPayment(sql, shiftId);
  if (shift === null || (actor.kind === "staff" && shift.staffId !== actor.id)) {
    fail("shift.unknown", "this is not a shift of yours", { field: "shiftId", remedy: "open a shift" });
  }
  if (shift.state !== "open")
    fail("shift.closed", "this shift is closed", { field: "shiftId", remedy: "open a shift" });
  if (shift.businessDay !== today) {
    fail("shift.of-another-day", "this shift belongs to another day", {
      field: "shiftId",
      remedy: "close it and open one for today",
    });
  }
};
