/** The company and its settings over HTTP. */
import { z } from "zod";
import { withNames } from "#src/platform/people.ts";
import { findCompany, setCompany } from "./company.ts";
import { defineRoute, type Route } from "./route.ts";
import { SETTING_SORTS, SETTING_UNITS } from "./setting-fields.ts";
import { listSettingChanges, listSettings, setSetting } from "./settings.ts";

const tag = "Company 公司";

/** Shared with the command line. */
export const companyIn = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  hotline: z
    .string()
    .trim()
    .regex(/^[0-9+ ()-]{3,40}$/, "digits, spaces, hyphens, brackets and +")
    .optional(),
});
const companyOut = z.object({ name: z.string(), hotline: z.string() });
const wordOut = z.object({ "zh-CN": z.string(), en: z.string() });
const fieldOut = z.object({
  /** The part of the value; '' is the value itself. */
  name: z.string(),
  label: wordOut,
  unit: z.enum(SETTING_UNITS),
  /** The stored number is so many places finer than the unit. */
  decimals: z.int(),
  sort: z.enum(SETTING_SORTS),
  least: z.int().nullable(),
  most: z.int().nullable(),
  fewestItems: z.int(),
  mostItems: z.int().nullable(),
  mostLength: z.int().nullable(),
  choices: z.array(z.object({ value: z.string(), label: wordOut })),
});
const settingOut = z.object({
  key: z.string(),
  title: wordOut,
  meaning: wordOut,
  fields: z.array(fieldOut),
  value: z.unknown(),
  standard: z.unknown(),
  isSet: z.boolean(),
  changedAt: z.string().nullable(),
  /** For `If-Match`; 0 while nobody has set it. */
  version: z.int(),
});

export const companyRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/company",
    permission: "own.session",
    tag,
    summary: "Name and hotline, as papers show them; empty until they are set",
    response: companyOut,
    handle: async ({ platform }) => ({ body: await findCompany(platform.database.sql) }),
  }),
  defineRoute({
    method: "put",
    path: "/company",
    permission: "setting.write",
    tag,
    summary: "Set name, hotline or both; what is left out stays",
    body: companyIn,
    response: companyOut,
    idempotency: "optional",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "company.set", actor, requestId, ...(idempotency && { idempotency }) },
        (context) => setCompany(context, body),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/settings",
    permission: "setting.read",
    tag,
    summary: "Every setting: what it means, how it is typed in, what holds now, and the standard",
    response: z.object({ items: z.array(settingOut) }),
    handle: async ({ platform }) => ({
      body: {
        items: (await listSettings(platform.database.sql)).map((setting) => ({
          ...setting,
          fields: setting.fields.map((one) => ({ ...one, choices: [...one.choices] })),
          changedAt: setting.changedAt?.toISOString() ?? null,
        })),
      },
    }),
  }),
  defineRoute({
    method: "get",
    path: "/settings/{key}/history",
    permission: "setting.read",
    tag,
    summary: "Who changed a setting, when and why, from what to what; the youngest first",
    params: z.strictObject({ key: z.string().max(80) }),
    response: z.object({
      items: z.array(
        withNames(
          z.object({
            at: z.string(),
            by: z.string(),
            reason: z.string(),
            before: z.unknown(),
            after: z.unknown(),
          }),
          "by",
        ),
      ),
    }),
    handle: async ({ platform, params }) => ({
      body: {
        items: (await listSettingChanges(platform.database.sql, params.key)).map((change) => ({
          ...change,
          at: change.at.toISOString(),
        })),
      },
    }),
  }),
  defineRoute({
    method: "put",
    path: "/settings/{key}",
    permission: "setting.write",
    tag,
    summary: "Set a setting; GET /settings says what each takes",
    params: z.strictObject({ key: z.string().max(80) }),
    body: z.strictObject({
      value: z.unknown(),
      /** Why; the console asks for it. */
      reason: z.string().trim().min(2).max(200).optional(),
    }),
    response: z.object({ key: z.string(), value: z.unknown(), version: z.int() }),
    idempotency: "optional",
    ifMatch: true,
    handle: async ({ platform, actor, params, body, idempotency, ifMatch, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "setting.set", actor, requestId, ...(idempotency && { idempotency }) },
        (context) => setSetting(context, { key: params.key, ...body, seen: ifMatch }),
      );
      return { headers: { ETag: `"${result.version}"` }, body: result };
    },
  }),
];
