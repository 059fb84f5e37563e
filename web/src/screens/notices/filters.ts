/** Filters as they stand in the address: codes, nothing that names a person. */
export const NOTICE_STATES = [
  "draft",
  "waiting",
  "approved",
  "running",
  "paused",
  "finished",
  "stopped",
  "cancelled",
] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export const OUTCOMES = [
  "skipped",
  "waiting",
  "queued",
  "accepted",
  "delivered",
  "undelivered",
  "expired",
  "rejected",
  "unknown",
  "cancelled",
] as const;
const SUMS = ["sent", "failed"] as const;
export const CHANNELS = ["sms", "email", "voice"] as const;
export type Channel = (typeof CHANNELS)[number];
const REPLIES = ["paid", "away", "stop", "start", "other"] as const;

const oneOf = <Code extends string>(codes: readonly Code[], value: unknown): Code | undefined =>
  codes.find((code) => code === value);

const given = <Value extends object>(value: Value): { [Key in keyof Value]?: NonNullable<Value[Key]> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]?: NonNullable<Value[Key]>;
  };

export type ListFilter = { readonly state?: NoticeState };
export const listFilterOf = (search: Record<string, unknown>): ListFilter =>
  given({ state: oneOf(NOTICE_STATES, search["state"]) });

export type RecipientFilter = {
  readonly outcome?: (typeof OUTCOMES)[number] | (typeof SUMS)[number];
  readonly reason?: string;
  readonly channel?: Channel;
  /** The list of what people answered instead. */
  readonly replies?: (typeof REPLIES)[number];
  /** The whole audience. */
  readonly all?: 1;
};
export const recipientFilterOf = (search: Record<string, unknown>): RecipientFilter => {
  const reason = search["reason"];
  return given({
    outcome: oneOf([...OUTCOMES, ...SUMS], search["outcome"]),
    reason: typeof reason === "string" && /^[\w.:-]{1,60}$/.test(reason) ? reason : undefined,
    channel: oneOf(CHANNELS, search["channel"]),
    replies: oneOf(REPLIES, search["replies"]),
    all: search["all"] === 1 || search["all"] === "1" ? (1 as const) : undefined,
  });
};
