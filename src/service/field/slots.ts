/** Windows of a visit (预约时段), as people read them. */
import { wallTimeOfInstant } from "#src/kernel/day.ts";

/** `2026-11-15 09:00 - 11:00`, with the second day where it is another. */
export const formatSlot = (from: Date, until: Date): string => {
  const [start, end] = [wallTimeOfInstant(from), wallTimeOfInstant(until)];
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start} - ${sameDay ? end.slice(11) : end}`;
};
