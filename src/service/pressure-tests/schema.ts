/** Shapes of a test that the files of this room share, and that leave over HTTP. */
import { z } from "zod";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { rowIdIn } from "#src/platform/route.ts";
import { TEST_KINDS, TEST_STATES, type TestKind, type TestStage, type TestState } from "./states.ts";

export const TAG = "Pressure tests 试压";

/** What hangs at a stairwell or is said at a door: the window ahead, a change of it, how it ended. */
export const PAPERS = ["notice", "change", "result"] as const;
export type TestPaper = (typeof PAPERS)[number];

/** The stages that each paper stands beside. */
export const STAGES_OF: Readonly<Record<TestPaper, readonly TestStage[]>> = {
  notice: ["week-before", "day-before"],
  change: ["moved", "postponed", "cancelled"],
  result: ["passed", "failed"],
};

export const DOOR_OUTCOMES = ["told", "nobody-home", "refused", "no-access"] as const;
export type DoorOutcome = (typeof DOOR_OUTCOMES)[number];

export const WITNESSES = ["property-firm", "household", "committee", "company"] as const;
export type Witness = (typeof WITNESSES)[number];

export const GAP_REASONS = ["no-number", "refused", "not-sent", "failed", "no-receipt"] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** What all notices of this room are in the list of notices. */
export const NOTICE_KIND = "pressure-test";

export type Round = {
  readonly id: bigint;
  readonly kind: TestKind;
  readonly title: string;
  readonly stationId: bigint | null;
  readonly loopId: bigint | null;
  readonly contactName: string;
  readonly contactNumber: string;
  readonly requiredKpa: number | null;
  readonly holdMinutes: number | null;
  readonly allowedDropKpa: number | null;
  readonly note: string;
  readonly plannedAt: Date;
};

export type Test = {
  readonly id: bigint;
  readonly roundId: bigint;
  readonly kind: TestKind;
  readonly buildingId: bigint;
  readonly building: string;
  readonly communityId: bigint;
  readonly community: string;
  readonly retestOf: bigint | null;
  readonly state: TestState;
  readonly windowNo: number;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly begunAt: Date | null;
  readonly endedAt: Date | null;
  readonly resultNote: string;
  readonly version: number;
};

/** `Y000123`: short enough for the phone, and what paper and text messages carry. */
export const formatTestNo = (id: bigint): string => `Y${String(id).padStart(6, "0")}`;

/** `2026-10-30 08:00 - 18:00`, with the second day where it ends on another one; '' while nobody knows. */
export const formatWindow = (startsAt: Date | null, endsAt: Date | null): string => {
  if (startsAt === null || endsAt === null) return "";
  const [from, until] = [wallTimeOfInstant(startsAt), wallTimeOfInstant(endsAt)];
  const isOneDay = from.slice(0, 10) === until.slice(0, 10);
  return `${from} - ${isOneDay ? until.slice(11) : until}`;
};

/** A test as people call it: its id, or `Y000123` as paper carries it. */
export const testIdIn = z
  .string()
  .regex(/^(?:[Yy]0*)?\d{1,18}$/, "a number like 123 or Y000123")
  .transform((text) => BigInt(text.replace(/^[Yy]0*/, "")));
export const testParams = z.strictObject({ id: testIdIn });
export const roundParams = z.strictObject({ id: rowIdIn });

export const textIn = (max: number) => z.string().trim().max(max);
export const filledIn = (max: number) => textIn(max).min(1);
/** An instant with its zone. */
export const instantIn = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
export const paperIn = z.enum(PAPERS);
export const paperQuery = z.strictObject({ paper: paperIn.default("notice") });

const maybe = z.string().nullable();

export const testOut = z.object({
  id: z.string(),
  testNo: z.string(),
  roundId: z.string(),
  kind: z.enum(TEST_KINDS),
  buildingId: z.string(),
  building: z.string(),
  communityId: z.string(),
  community: z.string(),
  retestOf: maybe,
  state: z.enum(TEST_STATES),
  windowNo: z.int(),
  startsAt: maybe,
  endsAt: maybe,
  begunAt: maybe,
  endedAt: maybe,
  resultNote: z.string(),
  version: z.int(),
});

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const testJson = (test: Test): z.input<typeof testOut> => ({
  id: String(test.id),
  testNo: formatTestNo(test.id),
  roundId: String(test.roundId),
  kind: test.kind,
  buildingId: String(test.buildingId),
  building: test.building,
  communityId: String(test.communityId),
  community: test.community,
  retestOf: test.retestOf === null ? null : String(test.retestOf),
  state: test.state,
  windowNo: test.windowNo,
  startsAt: iso(test.startsAt),
  endsAt: iso(test.endsAt),
  begunAt: iso(test.begunAt),
  endedAt: iso(test.endedAt),
  resultNote: test.resultNote,
  version: test.version,
});

export const roundOut = z.object({
  id: z.string(),
  kind: z.enum(TEST_KINDS),
  title: z.string(),
  stationId: maybe,
  loopId: maybe,
  contactName: z.string(),
  contactNumber: z.string(),
  requiredKpa: z.int().nullable(),
  holdMinutes: z.int().nullable(),
  allowedDropKpa: z.int().nullable(),
  note: z.string(),
  plannedAt: z.string(),
});

export const roundJson = (round: Round): z.input<typeof roundOut> => ({
  id: String(round.id),
  kind: round.kind,
  title: round.title,
  stationId: round.stationId === null ? null : String(round.stationId),
  loopId: round.loopId === null ? null : String(round.loopId),
  contactName: round.contactName,
  contactNumber: round.contactNumber,
  requiredKpa: round.requiredKpa,
  holdMinutes: round.holdMinutes,
  allowedDropKpa: round.allowedDropKpa,
  note: round.note,
  plannedAt: round.plannedAt.toISOString(),
});

export const changedOut = z.object({
  id: z.string(),
  testNo: z.string(),
  state: z.enum(TEST_STATES),
  version: z.int(),
});
