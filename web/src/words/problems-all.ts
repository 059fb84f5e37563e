/** Every refusal that HTTP can answer, in Chinese. */
import type { ProblemTexts } from "./problem-text.ts";
import { OF_REQUESTS } from "./problems-of-requests.ts";
import { OF_RULES } from "./problems-of-rules.ts";
import { OF_STATES } from "./problems-of-states.ts";

export const ALL: ProblemTexts = { ...OF_REQUESTS, ...OF_STATES, ...OF_RULES };
