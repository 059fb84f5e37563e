/**
 * What all events of a call together say. A pure function of the set: events come late, twice and in any order, and every
 * order ends in the same call. They are put in one total order (time of the exchange, then the usual course of a call, then
 * the event's id), and what finishes a call finishes it wherever it stands in that order: finished stays finished.
 */
export const CALL_EVENT_KINDS = [
  "ringing",
  "queued",
  "answered",
  "held",
  "transferred",
  "abandoned",
  "ended",
  "recorded",
] as const;
export type CallEventKind = (typeof CALL_EVENT_KINDS)[number];

export const CALL_STATES = [
  "new",
  "ringing",
  "queued",
  "answered",
  "held",
  "transferred",
  "abandoned",
  "ended",
] as const;
export type CallState = (typeof CALL_STATES)[number];

export const CALL_OUTCOMES = ["self-served", "answered", "abandoned", "not-reached"] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export type CallEvent = {
  readonly eventId: string;
  readonly kind: CallEventKind;
  readonly occurredAt: Date;
  readonly direction?: "inbound" | "outbound" | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly line?: string | undefined;
  /** The telephone that rings or speaks. */
  readonly agent?: string | undefined;
  readonly recording?: string | undefined;
  /** The menu answered what the caller wanted. */
  readonly selfServed?: boolean | undefined;
  /** Ours: it stands in for an end that the exchange did not tell. */
  readonly byUs?: Exclude<FinishedBy, "exchange"> | undefined;
};

export const FINISHED_BY = ["exchange", "time-limit", "supervisor"] as const;
export type FinishedBy = (typeof FINISHED_BY)[number];

/** The call as its events tell it. */
export type FoldedCall = {
  readonly direction: "inbound" | "outbound";
  /** As the exchange writes the number outside. */
  readonly numberText: string | null;
  readonly line: string | null;
  readonly extension: string | null;
  readonly state: CallState;
  readonly outcome: CallOutcome | null;
  readonly beganAt: Date;
  readonly queuedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly finishedAt: Date | null;
  readonly finishedBy: FinishedBy;
  readonly recording: string | null;
};

/** At one instant the earlier step of the usual course comes first. */
const RANK: Readonly<Record<CallEventKind, number>> = {
  ringing: 0,
  queued: 1,
  transferred: 2,
  answered: 3,
  held: 4,
  abandoned: 5,
  ended: 6,
  recorded: 7,
};

const compare = (one: CallEvent, other: CallEvent): number =>
  one.occurredAt.getTime() - other.occurredAt.getTime() ||
  RANK[one.kind] - RANK[other.kind] ||
  (one.eventId < other.eventId ? -1 : Number(one.eventId > other.eventId));

const firstOf = <T>(events: readonly CallEvent[], read: (event: CallEvent) => T | undefined): T | null => {
  for (const event of events) {
    const found = read(event);
    if (found !== undefined) return found;
  }
  return null;
};

const timeOf = (events: readonly CallEvent[], kinds: readonly CallEventKind[]): Date | null =>
  events.find((event) => kinds.includes(event.kind))?.occurredAt ?? null;

const LIVE_KINDS: readonly CallEventKind[] = ["ringing", "queued", "answered", "held", "transferred"];
const stateOfLive = (kind: CallEventKind | undefined): CallState =>
  kind === undefined || !LIVE_KINDS.includes(kind) ? "new" : (kind as CallState);

/**
 * Whoever rang and was not answered counts as lost, unless the menu says that it served: nobody may fall through because
 * an exchange forgot to say "abandoned".
 */
const outcomeOf = (
  direction: "inbound" | "outbound",
  isAnswered: boolean,
  isSelfServed: boolean,
): CallOutcome => {
  if (isAnswered) return "answered";
  if (direction === "outbound") return "not-reached";
  return isSelfServed ? "self-served" : "abandoned";
};

/**
 * Without those of our ends that the exchange's word makes void: it told an end itself, or that the call went on
 * afterwards.
 */
const withoutVoidEnds = (ordered: readonly CallEvent[]): readonly CallEvent[] => {
  const told = ordered.filter((event) => event.byUs === undefined);
  if (told.length === ordered.length) return ordered;
  if (timeOf(told, ["abandoned", "ended"]) !== null) return told;
  const last = told.findLast((event) => LIVE_KINDS.includes(event.kind))?.occurredAt;
  return ordered.filter((event) => event.byUs === undefined || last === undefined || event.occurredAt > last);
};

/** @param events at least one; repeated ids count once */
export const foldCall = (events: readonly CallEvent[]): FoldedCall => {
  const byId = new Map(events.map((event) => [event.eventId, event]));
  const ordered = withoutVoidEnds([...byId.values()].toSorted(compare));
  const reversed = ordered.toReversed();
  const [first] = ordered;
  if (first === undefined) throw new Error("a call has at least one event");
  const direction = firstOf(ordered, (event) => event.direction) ?? "inbound";
  // A hold that is told without its answer was answered.
  const answeredAt = timeOf(ordered, ["answered", "held"]);
  const end = ordered.find((event) => event.kind === "abandoned" || event.kind === "ended");
  const finishedAt = end?.occurredAt ?? null;
  const outcome =
    finishedAt === null
      ? null
      : outcomeOf(
          direction,
          answeredAt !== null,
          // Who was put into the queue wanted a person, whatever the menu had told him before.
          ordered.some((event) => event.selfServed === true) &&
            !ordered.some((event) => event.kind === "queued"),
        );
  const live = stateOfLive(reversed.find((event) => LIVE_KINDS.includes(event.kind))?.kind);
  return {
    direction,
    numberText: firstOf(ordered, (event) => (direction === "inbound" ? event.from : event.to)),
    line: firstOf(reversed, (event) => event.line),
    extension: firstOf(reversed, (event) => event.agent),
    state: outcome === null ? live : outcome === "abandoned" ? "abandoned" : "ended",
    outcome,
    beganAt: first.occurredAt,
    queuedAt: timeOf(ordered, ["queued"]),
    answeredAt,
    finishedAt,
    finishedBy: end?.byUs ?? "exchange",
    recording: firstOf(reversed, (event) => event.recording),
  };
};
