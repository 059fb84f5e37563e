/** SQL on words of appointments that did not arrive. */
import type { Sql } from "#src/platform/sql.ts";

const failed = `
  select message.step, order_.id, order_.building_id as "buildingId", order_.account_id as "accountId",
    order_.slot_from as "slotFrom"
  from messages message
  join work_orders order_ on order_.id = split_part(message.step, ':', 2)::bigint
  where message.id = any(:messageIds::bigint[]) and message.purpose = 'appointment'
    and message.step ~ '^work-order:[0-9]{1,18}:' and message.state in ('rejected', 'undelivered', 'expired', 'skipped')
    and order_.state not in ('done', 'cancelled')
  order by message.id`;
export type FailedWord = {
  readonly step: string;
  readonly id: bigint;
  readonly buildingId: bigint | null;
  readonly accountId: bigint | null;
  readonly slotFrom: Date | null;
};
/** Words of appointments that reached nobody and still matter: their order is alive. */
export const findFailedWords = (sql: Sql, messageIds: readonly bigint[]) =>
  sql.rows<FailedWord>(failed, { messageIds });
