/** Shapes of accounts over HTTP. */
import { z } from "zod";
import { type AreaMilliM2, parseAreaM2 } from "#src/kernel/area.ts";
import { accountNoIn, dayIn, rowIdIn } from "#src/platform/route.ts";
import { ACCOUNT_STATES } from "./account-states.ts";
import { AREA_ROUNDINGS, HEAT_CLASSES } from "./billing-area.ts";
import { HOLD_KINDS, PERSON_ROLES, PURPOSES } from "./people-queries.ts";
import { ALIAS_KINDS, LOOP_TYPES } from "./queries.ts";
import { SUPPLY_STATES } from "./supply-states.ts";
import { VALVE_STATES } from "./valve-states.ts";

/** A number or an alias in a path: aliases have more signs than account numbers. */
export const accountParams = z.strictObject({ accountNo: z.string().trim().min(1).max(80) });
export const personParams = accountParams.extend({ personId: rowIdIn });
export const holdParams = accountParams.extend({ holdId: rowIdIn });

/** An area as a decimal text of m2, so that no float touches it. */
const areaIn = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/, "an area in m2 as text, at most three decimals")
  .transform((text): AreaMilliM2 => parseAreaM2(text));
const textIn = z.string().trim().min(1).max(500);
const ordinalIn = z.int().min(1).max(999);

const termsShape = {
  heatClass: z.enum(HEAT_CLASSES),
  loopType: z.enum(LOOP_TYPES),
  innerAreaM2: areaIn.nullable().default(null),
  grossAreaM2: areaIn.nullable().default(null),
  areaRounding: z.enum(AREA_ROUNDINGS).default("three-decimals"),
  shareBasisPoints: z.int().min(0).max(30_000).default(10_000),
  document: textIn,
};

export const openAccountIn = z.strictObject({
  accountNo: accountNoIn,
  premisesId: rowIdIn,
  state: z.enum(ACCOUNT_STATES).default("active"),
  openedOn: dayIn,
  chargePoints: z
    .array(
      z.strictObject({
        ...termsShape,
        name: z.string().trim().max(60).default(""),
        supplyState: z.enum(SUPPLY_STATES).default("undecided"),
        valveState: z.enum(VALVE_STATES).default("unknown"),
      }),
    )
    .min(1)
    .max(20),
});
export const termsIn = z.strictObject({
  ...termsShape,
  chargePoint: ordinalIn.optional(),
  effectiveOn: dayIn,
});
export const stateIn = z.strictObject({
  machine: z.enum(["account", "supply", "valve"]),
  command: z.string().regex(/^[a-z-]{1,40}$/, "the name of a command"),
  chargePoint: ordinalIn.optional(),
  reason: textIn,
  document: z.string().trim().max(500).default(""),
  effectiveOn: dayIn,
});
export const holdIn = z.strictObject({
  kind: z.enum(HOLD_KINDS),
  reason: textIn,
  startsOn: dayIn,
  endsOn: dayIn.nullable().default(null),
});
export const releaseIn = z.strictObject({ reason: textIn });
export const aliasIn = z.strictObject({ kind: z.enum(ALIAS_KINDS), value: z.string().trim().min(1).max(80) });
const phoneIn = z.string().trim().min(3).max(40);
export const personIn = z.strictObject({
  role: z.enum(PERSON_ROLES),
  kind: z.enum(["person", "organisation"]).default("person"),
  name: z.string().trim().min(1).max(120),
  phones: z
    .array(
      z.strictObject({
        number: phoneIn,
        confirmed: z.boolean().nullable().default(null),
      }),
    )
    .max(10)
    .default([]),
  consents: z
    .array(z.strictObject({ purpose: z.enum(PURPOSES), granted: z.boolean() }))
    .max(10)
    .default([]),
  from: dayIn,
  source: textIn,
});

/** A new number, what is known of one that is there, or both: "my number has changed". */
export const phoneChangeIn = z
  .strictObject({
    add: z.strictObject({ number: phoneIn, confirmed: z.boolean().nullable().default(null) }).optional(),
    /** `shown`: the number at this place as the account masks it, so that no other one is meant. */
    mark: z
      .strictObject({
        position: z.int().min(0).max(50),
        shown: z.string().min(1).max(40),
        confirmed: z.boolean(),
      })
      .optional(),
  })
  .refine(({ add, mark }) => add !== undefined || mark !== undefined, {
    message: "say a new number, or what holds of one",
    params: { rule: "number-or-mark" },
  });
/** `from`: the first day without the role. */
export const roleEndIn = z.strictObject({ role: z.enum(PERSON_ROLES), from: dayIn, reason: textIn });

export const consentIn = z.strictObject({
  purpose: z.enum(PURPOSES),
  granted: z.boolean(),
  source: textIn,
});

/** `granted` null: never asked. */
export const consentsOut = z.object({
  items: z.array(
    z.object({
      personId: z.string(),
      role: z.enum(PERSON_ROLES),
      purposes: z.array(
        z.object({
          purpose: z.enum(PURPOSES),
          granted: z.boolean().nullable(),
          source: z.string().nullable(),
          recordedAt: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export const changedOut = z.object({ version: z.int() });
export const openedOut = z.object({ accountNo: z.string(), chargePoints: z.int() });
export const termsChangedOut = changedOut.extend({
  billingAreaM2: z.string(),
  areaRule: z.string(),
  explanation: z.string(),
});
export const stateChangedOut = changedOut.extend({ from: z.string(), to: z.string() });
export const holdPlacedOut = changedOut.extend({ holdId: z.string() });
export const personSetOut = changedOut.extend({ personId: z.string() });
export const aliasAddedOut = changedOut.extend({ value: z.string() });

const since = { state: z.string(), since: z.string() };

export const accountOut = z.object({
  accountNo: z.string(),
  state: z.enum(ACCOUNT_STATES),
  openedOn: z.string(),
  closedOn: z.string().nullable(),
  version: z.int(),
  aliases: z.array(z.object({ kind: z.enum(ALIAS_KINDS), value: z.string() })),
  premises: z.object({ address: z.string(), unit: z.string(), floor: z.string(), door: z.string() }),
  building: z.object({ id: z.string(), name: z.string() }),
  community: z.object({
    id: z.string(),
    name: z.string(),
    phase: z.string(),
    district: z.string(),
    street: z.string(),
  }),
  station: z
    .object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      owner: z.enum(["company", "property-firm"]),
      takenOverOn: z.string().nullable(),
      propertyFirmName: z.string().nullable(),
      propertyFirmPhone: z.string().nullable(),
    })
    .nullable(),
  area: z
    .object({ id: z.string(), code: z.string(), name: z.string(), manager: z.string().nullable() })
    .nullable(),
  chargePoints: z.array(
    z.object({
      chargePoint: z.int(),
      name: z.string(),
      terms: z
        .object({
          heatClass: z.enum(HEAT_CLASSES),
          loopType: z.enum(LOOP_TYPES),
          billingAreaM2: z.string(),
          innerAreaM2: z.string().nullable(),
          grossAreaM2: z.string().nullable(),
          areaRule: z.string(),
          areaRounding: z.enum(AREA_ROUNDINGS),
          shareBasisPoints: z.int(),
          document: z.string(),
          from: z.string(),
          until: z.string().nullable(),
        })
        .nullable(),
      supply: z.object({ ...since, state: z.enum(SUPPLY_STATES) }).nullable(),
      valve: z.object({ ...since, state: z.enum(VALVE_STATES) }).nullable(),
    }),
  ),
  people: z.array(
    z.object({
      personId: z.string(),
      role: z.enum(PERSON_ROLES),
      kind: z.enum(["person", "organisation"]),
      name: z.string(),
      from: z.string(),
      until: z.string().nullable(),
      phones: z.array(z.object({ number: z.string(), kind: z.string(), confirmed: z.boolean().nullable() })),
    }),
  ),
  holds: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(HOLD_KINDS),
      reason: z.string(),
      startsOn: z.string(),
      endsOn: z.string().nullable(),
    }),
  ),
});
