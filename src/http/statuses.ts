/**
 * Every code that our own refusals carry, with its HTTP status. One literal table in three files: the tidy tests compare it
 * with what the sources raise, both ways, so that a new code is given its status by somebody and not by chance. A code that only
 * a command on this machine raises stands here as well: rooms do not know who calls them.
 */
import { OF_REQUESTS } from "./statuses-of-requests.ts";
import { OF_RULES } from "./statuses-of-rules.ts";
import { OF_STATES } from "./statuses-of-states.ts";

export const STATUSES: Readonly<Record<string, number>> = { ...OF_REQUESTS, ...OF_STATES, ...OF_RULES };
