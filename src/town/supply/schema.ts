/** What the dispatch centre sends: one message, one thing that happened on the network. Codes are those of the network. */
import { z } from "zod";

const code = z.string().trim().min(1).max(60);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const building = z.strictObject({ community: code, building: code });
const buildings = z.strictObject({ buildings: z.array(building).min(1).max(500) });

/** A source, a station, a loop of a station, or some buildings. */
export const assetIn = z.union([
  z.strictObject({ source: code }),
  z.strictObject({ station: code }),
  z.strictObject({ station: code, loop: code }),
  buildings,
]);
export type AssetNamed = z.output<typeof assetIn>;

const note = z.string().trim().max(1000).default("");

const told = {
  /** When it happened out there, not when it was sent: a late message finds its place by this. */
  occurredAt: instant,
  note,
};

const happenings = [
  /** A warning, or that heat has stopped. */
  z.strictObject({
    kind: z.literal("alarm"),
    ...told,
    asset: assetIn,
    stopsHeat: z.boolean(),
    expectedBackAt: instant.optional(),
  }),
  /** What is found to be wrong (故障分析), and until when it will last. */
  z.strictObject({
    kind: z.literal("analysis"),
    ...told,
    asset: assetIn,
    note: z.string().trim().min(1).max(1000),
    expectedBackAt: instant.optional(),
  }),
  /** Heat stops from then on; planned ones may lie ahead. */
  z.strictObject({
    kind: z.literal("outage"),
    ...told,
    asset: assetIn,
    planned: z.boolean().default(false),
    expectedBackAt: instant.optional(),
  }),
  z.strictObject({ kind: z.literal("restored"), ...told, asset: assetIn }),
  /** From then on this source feeds these stations, or this loop feeds these buildings. */
  z.strictObject({
    kind: z.literal("switch"),
    ...told,
    asset: z.union([z.strictObject({ stations: z.array(code).min(1).max(500) }), buildings]),
    to: z.union([z.strictObject({ source: code }), z.strictObject({ station: code, loop: code })]),
  }),
] as const;

/** What a person enters who keeps the dispatch centre's book: the same, without an id of its own. */
export const happeningIn = z.discriminatedUnion("kind", happenings);
export type Happening = z.output<typeof happeningIn>;

export const eventIdIn = z.string().regex(/^[\x21-\x7e]{1,120}$/, "1 to 120 visible ASCII characters");

/** The envelope of the dispatch centre: its own id of the event, which makes a second sending the first. */
export const dispatchMessageIn = z.strictObject({ eventId: eventIdIn, event: happeningIn });

export const REPORT_KINDS = ["alarm", "analysis", "outage", "restored", "switch"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
