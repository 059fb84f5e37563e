/** The filter of calls and call-backs as it stands in the address: codes only. */
export const CALL_BACK_STATES = ["open", "reached", "called-again", "given-up", "withdrawn"] as const;
export const CALL_OUTCOMES = ["answered", "abandoned", "self-served", "not-reached"] as const;

export type CallFilter = {
  /** Left out: the call-backs. */
  readonly list?: "log";
  /** Of call-backs; left out: the open ones. */
  readonly state?: (typeof CALL_BACK_STATES)[number];
  readonly owner?: "me";
  /** Of the log. */
  readonly outcome?: (typeof CALL_OUTCOMES)[number];
};

const oneOf = <Code extends string>(codes: readonly Code[], value: unknown): Code | undefined =>
  codes.find((code) => code === value);

/** Reads it; what is no filter is left out, and so is what the other list is narrowed by. */
export const callFilterOf = (search: Record<string, unknown>): CallFilter => {
  const isLog = search["list"] === "log";
  const state = oneOf(CALL_BACK_STATES, search["state"]);
  const outcome = oneOf(CALL_OUTCOMES, search["outcome"]);
  if (isLog) return { list: "log", ...(outcome === undefined ? {} : { outcome }) };
  return {
    ...(state === undefined || state === "open" ? {} : { state }),
    ...(search["owner"] === "me" ? { owner: "me" } : {}),
  };
};
