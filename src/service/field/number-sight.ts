/**
 * Who sees the numbers of crews and duty lists in clear (最小必要): whoever may have to call them. That is who keeps the lists, on any day;
 * and, of today, who sends people out: without bounds everybody's, within areas those of the own areas, of the areas above them and
 * of the company, which an emergency of the own area calls. All others see who it is, and a masked number.
 */
import { maskPhone, type PhoneNumber } from "#src/kernel/phone.ts";
import { type Actor, can } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findAreasAbove } from "./crew-queries.ts";

/** A number of a list of this area (null: the company's) as the actor sees it. */
export type NumberSight = (areaId: bigint | null, number: string) => string;

const masked: NumberSight = (_areaId, number) => maskPhone(number as PhoneNumber);
const clear: NumberSight = (_areaId, number) => number;

/** `isToday`: whether the list is that of today. Reads only. */
export const numberSight = async (sql: Sql, actor: Actor, isToday: boolean): Promise<NumberSight> => {
  if (can(actor, "field.settings")) return clear;
  if (!isToday || !can(actor, "field.write") || actor.scope.kind === "accounts") return masked;
  if (actor.scope.kind === "everything") return clear;
  const near = new Set(await findAreasAbove(sql, actor.scope.areaIds));
  return (areaId, number) =>
    areaId === null || near.has(areaId) ? clear(areaId, number) : masked(areaId, number);
};
