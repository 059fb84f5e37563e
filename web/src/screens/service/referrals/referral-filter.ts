/** What narrows the list of orders; it stands in the address, by codes only. */
export const SHOWN_STATES = [
  "standing",
  "received",
  "signed-for",
  "return-asked",
  "reported",
  "taken-back",
  "all",
] as const;
type Shown = (typeof SHOWN_STATES)[number];

export type ReferralFilter = {
  readonly state?: Exclude<Shown, "standing"> | undefined;
  readonly authority?: string | undefined;
  readonly overdue?: true | undefined;
};

export const referralFilterOf = (search: Record<string, unknown>): ReferralFilter => {
  const state = SHOWN_STATES.find((one) => one === search["state"]);
  const authority = search["authority"];
  return {
    ...(state === undefined || state === "standing" ? {} : { state }),
    // A code of digits alone (12345) is read as a number.
    ...(typeof authority === "string" || typeof authority === "number"
      ? { authority: String(authority) }
      : {}),
    ...(search["overdue"] === true ? { overdue: true as const } : {}),
  };
};
