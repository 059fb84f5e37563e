/** Day and hour as they are typed into `<input type="datetime-local">`: those of Asia/Shanghai, whatever this machine's zone is. */
import { dateTime } from "./format.ts";

/** "2026-10-30T08:00" > "2026-10-30T08:00:00+08:00"; undefined while nothing is typed. */
export const instantOfWallTime = (typed: string): string | undefined =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(typed) ? `${typed}:00+08:00` : undefined;

/** The other way round; "" for none. */
export const wallTimeOf = (instant: string | null | undefined): string => dateTime(instant).replace(" ", "T");
