/** Greetings by the festival calendar: drafts for two people to approve. */
import { draftGreetings } from "#src/messages/notices/index.ts";
import type { Day } from "#src/kernel/day.ts";
import type { Services } from "./services.ts";

/** Repeating is safe: a festival has one draft. */
export const planGreetings = ({ platform }: Services, day: Day): Promise<Readonly<Record<string, unknown>>> =>
  draftGreetings(platform, day);
