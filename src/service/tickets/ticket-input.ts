/** What a person gives when a case is opened or corrected, brought to what the commands take. */
import { z } from "zod";
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import type { Actor } from "#src/platform/actor.ts";
import { accountNoIn, rowIdIn } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { isBuildingInScope } from "./relation-queries.ts";

export const categoryIn = z.string().regex(/^[a-z][a-z-]*\.[a-z][a-z-]*$/, "a category of the second level");
export const eitherLevelIn = z
  .string()
  .regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/, "a category of either level");
export const ticketNoIn = z.string().trim().min(2).max(30);
export const textIn = (longest: number) => z.string().trim().min(1).max(longest);

/** Where it is and who says so. */
export const placeIn = z.strictObject({
  accountNo: accountNoIn.optional(),
  buildingId: rowIdIn.optional(),
  addressText: textIn(200).optional(),
  callerNumber: textIn(40).optional(),
  callerName: textIn(60).optional(),
});

export type PlaceInput = Partial<z.output<typeof placeIn>>;

/** The building is there and within the actor's scope. @throws DomainError `building.not-found` */
export const accessBuilding = async (
  sql: Sql,
  actor: Actor,
  buildingId: bigint,
  today: Day,
): Promise<void> => {
  if (!(await isBuildingInScope(sql, { buildingId, ...scopeBindings(actor.scope, today) }))) {
    fail("building.not-found", "there is no such building", { field: "buildingId" });
  }
};

/** A place whose account is known, and the number as it is stored. @throws DomainError `phone.unreadable` */
export const readPlace = (input: PlaceInput, accountId: bigint | undefined) => ({
  accountId,
  buildingId: input.buildingId,
  addressText: input.addressText,
  callerNumber: input.callerNumber === undefined ? undefined : parsePhone(input.callerNumber).number,
  callerName: input.callerName,
});

/**
 * The account and building of an input, within the actor's scope, and the number as it is stored.
 * @throws DomainError `account.not-found`, `building.not-found`, `phone.unreadable`
 */
export const resolvePlace = async (sql: Sql, actor: Actor, input: PlaceInput, today: Day) => {
  const account =
    input.accountNo === undefined ? undefined : await accessAccount(sql, actor, input.accountNo, today);
  const { buildingId } = input;
  if (buildingId !== undefined) await accessBuilding(sql, actor, buildingId, today);
  return readPlace(input, account?.id);
};
