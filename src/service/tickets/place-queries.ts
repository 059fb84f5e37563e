/** Where an account is. */
import type { Sql } from "#src/platform/sql.ts";

const buildingOf = `
  select premises.building_id as "buildingId" from heat_accounts account
  join premises on premises.id = account.premises_id where account.id = :accountId`;
export const findBuildingOfAccount = async (sql: Sql, accountId: bigint): Promise<bigint> =>
  (await sql.one<{ buildingId: bigint }>(buildingOf, { accountId })).buildingId;
