/** How urgent a case is, the worst first; said by `word("severity", code)`. */
export const SEVERITIES = ["emergency", "urgent", "ordinary"] as const;
