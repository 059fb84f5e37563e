/** Shapes of a notice that the files of this room share. */
import { z } from "zod";
import type { WordsPins } from "#src/messages/messaging/index.ts";
import { rowIdIn } from "#src/platform/route.ts";
import { HEAT_CLASSES, HOLD_KINDS, SUPPLY_STATES } from "#src/town/accounts/index.ts";

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

export const NOTICE_CHANNELS = ["sms", "email", "voice"] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

/** Purposes of messages that a notice may have; what answers one person is not among them. */
export const NOTICE_PURPOSES = [
  "service-notice",
  "incident-update",
  "payment-notice",
  "greeting",
  "survey",
] as const;
export type NoticePurpose = (typeof NOTICE_PURPOSES)[number];

/** As many as a person lists in one request. */
const MOST_LISTED = 2000;
/** As many buildings, or homes told of a test, as one event may be about; more is `everybody`. */
const MOST_STORED = 100_000;

const audienceOf = (most: number) => {
  const ids = z.array(rowIdIn).min(1).max(most);
  return z.strictObject({
    everybody: z.literal(true).optional(),
    heatSourceIds: ids.optional(),
    stationIds: ids.optional(),
    loopIds: ids.optional(),
    communityIds: ids.optional(),
    buildingIds: ids.optional(),
    areaIds: ids.optional(),
    accountNos: z
      .array(z.string().regex(/^[0-9A-Za-z-]{4,32}$/))
      .min(1)
      .max(most)
      .optional(),
    /** Whoever was told by one of these notices: the all-clear, a moved day. */
    toldBy: ids.optional(),
    /** Whom one of these notices did not reach: no way to them, refused, not delivered. For another way, or another try. */
    missedBy: ids.optional(),
    /** Whoever a pass of the ladder brought to its stage: a reminder. */
    reminderRunId: rowIdIn.optional(),
    floors: z.array(z.string().max(10)).min(1).max(200).optional(),
    heatClass: z.enum(HEAT_CLASSES).optional(),
    /** A charge point in one of these states. */
    supply: z.array(z.enum(SUPPLY_STATES)).min(1).optional(),
    /** Bills that are due (`offers`: also those on offer) and open, together at least so much. */
    owes: z
      .strictObject({
        season: z.int().min(2000).max(2100).optional(),
        atLeastFen: z.int().min(1).max(1_000_000_000_000).default(1),
        offers: z.boolean().default(false),
      })
      .optional(),
    /** Only households with such a hold in force; `notOnHold` leaves those out. */
    onHold: z.array(z.enum(HOLD_KINDS)).min(1).optional(),
    notOnHold: z.array(z.enum(HOLD_KINDS)).min(1).optional(),
  });
};

/**
 * Whom it is for, as a question that is asked again until the approval: places are added up (whoever hangs on any of them, as
 * the network is switched now), everything else narrows them down.
 */
export const audienceIn = audienceOf(MOST_LISTED);
/** The same as other rooms make it and the table keeps it: a source that trips has thousands of buildings behind it. */
export const storedAudienceIn = audienceOf(MOST_STORED);
/** As given; ids are text in JSON. */
export type AudienceInput = z.input<typeof audienceIn>;
export type Audience = z.output<typeof audienceIn>;

/** What names homes at all; without one of these a notice would go to the whole town by a slip. */
export const PLACES = [
  "everybody",
  "heatSourceIds",
  "stationIds",
  "loopIds",
  "communityIds",
  "buildingIds",
  "areaIds",
  "accountNos",
  "toldBy",
  "missedBy",
  "reminderRunId",
] as const satisfies readonly (keyof Audience)[];

export type Variables = Readonly<Record<string, string | number>>;

export type Notice = {
  readonly id: bigint;
  readonly kind: string;
  readonly title: string;
  readonly purpose: NoticePurpose;
  readonly channels: readonly NoticeChannel[];
  readonly template: string;
  readonly locale: "zh-CN" | "en";
  readonly variables: Variables;
  readonly audience: AudienceInput;
  readonly scopeKind: "everything" | "areas" | "accounts";
  readonly scopeIds: readonly bigint[];
  readonly source: string | null;
  readonly incidentId: bigint | null;
  readonly followsId: bigint | null;
  readonly supplyCheck: "" | "still-out" | "still-back";
  readonly state: NoticeState;
  readonly stateReason: string;
  readonly emergency: boolean;
  /** Asked for; it goes at night on somebody's word (`quietWordBy`). */
  readonly passesQuietHours: boolean;
  readonly quietWordBy: bigint | null;
  readonly quietWordAt: Date | null;
  readonly startsAt: Date | null;
  readonly expiresAt: Date | null;
  readonly sampledVersion: number | null;
  readonly sampledBy: bigint | null;
  readonly askedHouseholds: number | null;
  readonly approvalId: bigint | null;
  readonly requestedBy: bigint | null;
  readonly approvedBy: bigint | null;
  readonly approvedAt: Date | null;
  /** The words that were approved with it, by channel; empty while nothing is. */
  readonly wordsPins: WordsPins;
  /** Its homes stand as rows; what follows an approved one gets them from the worker. */
  readonly frozen: boolean;
  readonly households: number;
  readonly reachable: number;
  readonly messages: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly createdAt: Date;
  readonly createdBy: bigint | null;
  readonly version: number;
};

/** Messages of a notice are about it, and their step is it: two of one notice to one number cannot be. */
export const regardingOf = (noticeId: bigint): string => `notice:${noticeId}`;

/** What people answer: paid (已缴), away (不在家), no more of it (退订), again please. */
export const REPLY_KINDS = ["paid", "away", "stop", "start", "other"] as const;
export type ReplyKind = (typeof REPLY_KINDS)[number];

/**
 * Why a household of the audience gets no message (缺口原因). `dispute`, `mourning` ...: a hold that keeps this purpose away.
 */
export const GAPS = [
  "no-person",
  "no-number",
  "no-mobile",
  "number-wrong",
  "no-consent",
  "dispute",
  "mourning",
  "care",
  "payment-plan",
] as const;
export type Gap = (typeof GAPS)[number];

/** Holds that keep a purpose away. A leak is told to everybody; a greeting never goes where there is a dispute or a death. */
export const HOLDS_AGAINST: Readonly<Record<NoticePurpose, readonly (typeof HOLD_KINDS)[number][]>> = {
  "service-notice": [],
  "incident-update": [],
  "payment-notice": ["dispute", "mourning", "care", "payment-plan"],
  greeting: ["dispute", "mourning"],
  survey: ["dispute", "mourning"],
};

/** About the home, and so for whoever lives there by then. Of money and greetings it is the person that counts. */
export const FOR_WHOEVER_LIVES_THERE: readonly NoticePurpose[] = ["service-notice", "incident-update"];

/** What became of the households of a notice, in the order of the funnel; each stands in one of them. */
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
export type Outcome = (typeof OUTCOMES)[number];
