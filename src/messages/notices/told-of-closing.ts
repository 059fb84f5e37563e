/**
 * Who was surely told that the valve will be closed: by a message of the valve notice that was delivered, by a call or a visit that ended
 * with the fact `told`. What a provider only took (a mail, everything in the outbox viewer) may have reached nobody, and does not count. A valve is closed on nobody who was not told (Civil Code 654).
 */
import { day } from "#src/kernel/day.ts";
import type { ToldOfClosing } from "#src/money/reminders/index.ts";
import { CLOSING_VISIT_KIND } from "#src/money/reminders/index.ts";
import { CALL_KIND } from "./reminders.ts";
import { findToldOfClosing } from "./reminder-queries.ts";

export const toldOfClosing: ToldOfClosing = async (sql, query) => {
  const rows =
    query.accountIds.length === 0
      ? []
      : await findToldOfClosing(sql, { ...query, call: CALL_KIND, visit: CLOSING_VISIT_KIND });
  return {
    told: new Map(
      rows.flatMap((row) =>
        row.toldOn === null ? [] : [[row.accountId, { on: day(row.toldOn), by: row.toldBy }]],
      ),
    ),
    waiting: new Set(
      rows.filter((row) => row.toldOn === null && row.waiting).map(({ accountId }) => accountId),
    ),
  };
};
