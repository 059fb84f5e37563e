/** The business clock of a demo: moved by a whole number of seconds that all processes read. */
import { dayOfInstant, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";

export type BusinessClock = {
  readonly now: Date;
  readonly businessDay: Day;
  readonly offsetSeconds: bigint;
};

const facts = `select demo, business_clock_offset_seconds as "offsetSeconds" from database_facts`;

const move = `update database_facts set business_clock_offset_seconds = :offsetSeconds`;

/** The business time, given the machine's. */
export const readBusinessClock = async (sql: Sql, machineNow: Date): Promise<BusinessClock> => {
  const { offsetSeconds } = await sql.one<{ offsetSeconds: bigint }>(facts);
  const now = new Date(machineNow.getTime() + Number(offsetSeconds) * 1000);
  return { now, businessDay: dayOfInstant(now), offsetSeconds };
};

/**
 * Sets the business time, or sets it back to the machine's (`wanted` null). Running processes follow within seconds.
 * @throws DomainError `demo.real-database` where time is nobody's to move
 */
export const moveBusinessClock = async (
  context: CommandContext,
  machineNow: Date,
  wanted: Date | null,
): Promise<BusinessClock> => {
  const { sql } = context;
  const { demo } = await sql.one<{ demo: boolean }>(facts);
  if (!demo) {
    fail("demo.real-database", "the business clock moves in a demo database only");
  }
  const offsetSeconds =
    wanted === null ? 0n : BigInt(Math.trunc((wanted.getTime() - machineNow.getTime()) / 1000));
  await sql.run(move, { offsetSeconds });
  context.audit({ subject: "business-clock", details: { offsetSeconds } });
  return readBusinessClock(sql, machineNow);
};
