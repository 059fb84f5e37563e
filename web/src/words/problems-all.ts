/** Every refusal that HTTP can answer, in Chinese, and what can be wrong with a field. */
import type { ProblemTexts } from "./problem-text.ts";
import { OF_REQUESTS } from "./problems-of-requests.ts";
import { OF_RULES } from "./problems-of-rules.ts";
import { OF_STATES } from "./problems-of-states.ts";

export { fieldFault } from "./field-faults.ts";
export const ALL: ProblemTexts = { ...OF_REQUESTS, ...OF_STATES, ...OF_RULES };
