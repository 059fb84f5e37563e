/** The category tree, other companies, and return visits over HTTP. */
import { pinyin } from "pinyin-pro";
import { z } from "zod";
import { dayOfInstant, instantOfDay } from "#src/kernel/day.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import {
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { reachOf } from "./access-ticket.ts";
import { FIELD_KINDS } from "./category-fields.ts";
import { findCategories } from "./category-queries.ts";
import { findOtherCompany, setOtherCompany, tellOtherCompany } from "./other-companies.ts";
import { findCompanies } from "./other-company-queries.ts";
import { listReturnVisits } from "./return-visit-queries.ts";
import { SEVERITIES, TICKET_CHANNELS } from "./schema.ts";
import { setCategory } from "./set-category.ts";
import { categoryIn, textIn } from "./ticket-input.ts";

const tag = "Cases 工单";

const fieldShape = {
  name: z.string().regex(/^[a-z][A-Za-z0-9]{1,39}$/),
  kind: z.enum(FIELD_KINDS),
  label: textIn(40),
  labelEn: textIn(60),
  required: z.boolean(),
  choices: z.array(z.string().regex(/^[a-z][a-z-]{1,39}$/)).max(30),
};

const initialsOf = (name: string): string =>
  pinyin(name, { pattern: "first", toneType: "none", nonZh: "consecutive", type: "array" })
    .join("")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

const categories = defineRoute({
  method: "get",
  path: "/ticket-categories",
  permission: "ticket.rules",
  summary: "The tree of categories with the fields that each needs",
  tag,
  response: z.object({
    items: z.array(
      z.object({
        code: z.string(),
        parent: z.string().nullable(),
        name: z.string(),
        nameEn: z.string(),
        /** First letters of the pinyin of the name: typed to find it. */
        initials: z.string(),
        severity: z.enum(SEVERITIES),
        returnVisitBasisPoints: z.int(),
        active: z.boolean(),
        fields: z.array(z.object(fieldShape)),
      }),
    ),
  }),
  handle: async ({ platform }) => ({
    body: {
      items: (await findCategories(platform.database.sql)).map(({ parentCode, fields, ...row }) => ({
        ...row,
        parent: parentCode,
        initials: initialsOf(row.name),
        fields: fields.map((field) => ({ ...field, choices: [...field.choices] })),
      })),
    },
  }),
});

const changingCategory = defineRoute({
  method: "patch",
  path: "/ticket-categories/{code}",
  permission: "ticket.settings",
  summary: "Change a category: severity, share of return visits, fields, words",
  tag,
  params: z.strictObject({ code: categoryIn }),
  body: z.strictObject({
    severity: z.enum(SEVERITIES).optional(),
    returnVisitBasisPoints: z.int().min(0).max(10_000).optional(),
    active: z.boolean().optional(),
    fields: z.array(z.strictObject(fieldShape)).max(30).optional(),
    words: z
      .array(z.strictObject({ word: textIn(20), weight: z.int().min(1).max(100) }))
      .max(200)
      .optional(),
  }),
  response: z.object({ code: z.string() }),
  handle: async ({ platform, actor, requestId, params, body }) => {
    await platform.commands.run({ name: "ticket-category.change", actor, requestId }, (context) =>
      setCategory(context, params.code, body),
    );
    return { body: { code: params.code } };
  },
});

const companyOut = z.object({
  id: z.string(),
  name: z.string(),
  phone: z.string(),
  remark: z.string(),
  active: z.boolean(),
  communities: z.array(z.string()),
  /** Callers who were told since the first of this month. */
  told: z.int(),
});

const companies = defineRoute({
  method: "get",
  path: "/other-companies",
  permission: "ticket.read",
  summary: "Heating companies that are not us, what they serve, and how many of their callers we told",
  tag,
  response: z.object({ items: z.array(companyOut) }),
  handle: async ({ platform }) => {
    const today = dayOfInstant(platform.clock.now());
    const since = instantOfDay(`${today.slice(0, 8)}01` as typeof today);
    const rows = await findCompanies(platform.database.sql, since);
    return { body: { items: rows.map((row) => ({ ...row, id: String(row.id) })) } };
  },
});

const lookingUp = defineRoute({
  method: "post",
  // An address is told in the body: it does not belong into addresses that are logged.
  path: "/other-companies/look-up",
  permission: "ticket.read",
  summary: "Whose customer lives at an address or in a community, if not ours",
  tag,
  body: z.strictObject({ place: textIn(200) }),
  response: z.object({
    company: z
      .object({ id: z.string(), name: z.string(), phone: z.string(), community: z.string() })
      .nullable(),
  }),
  handle: async ({ platform, body }) => {
    const found = await findOtherCompany(platform.database.sql, body.place);
    const company =
      found === null
        ? null
        : {
            id: String(found.companyId),
            name: found.name,
            phone: found.phone,
            community: found.community,
          };
    return { body: { company } };
  },
});

const setting = defineRoute({
  method: "put",
  path: "/other-companies",
  permission: "ticket.settings",
  summary: "Add a company by name, or change its number and the whole list of what it serves",
  tag,
  body: z.strictObject({
    name: textIn(80),
    phone: textIn(40),
    remark: textIn(200).optional(),
    communities: z.array(z.string().trim().min(2).max(60)).max(2000),
  }),
  response: z.object({ id: z.string() }),
  handle: async ({ platform, actor, requestId, body }) => {
    const { result } = await platform.commands.run(
      { name: "other-company.set", actor, requestId },
      async (context) => ({ id: String(await setOtherCompany(context, body)) }),
    );
    return { body: result };
  },
});

const telling = defineRoute({
  method: "post",
  path: "/other-companies/{id}/told",
  permission: "ticket.write",
  summary: "A caller of another company was told its name and number: counted, no case",
  tag,
  params: z.strictObject({ id: rowIdIn }),
  body: z.strictObject({
    channel: z.enum(TICKET_CHANNELS),
    /** `call:17`: counted once. */
    sourceKey: textIn(80).optional(),
  }),
  response: z.object({ name: z.string(), phone: z.string() }),
  handle: async ({ platform, actor, requestId, params, body }) => {
    const { result } = await platform.commands.run(
      { name: "other-company.tell", actor, requestId },
      (context) => tellOtherCompany(context, { companyId: params.id, ...body }),
    );
    return { body: result };
  },
});

const STATES = ["open", "answered", "not-reached", "dropped"] as const;
const cursorKey = z.tuple([z.iso.datetime(), rowIdIn]);

const returnVisits = defineRoute({
  method: "get",
  path: "/return-visits",
  permission: "ticket.read",
  summary: "Closings to ask about, those due first",
  tag,
  query: pageIn.extend({
    state: z.enum(STATES).default("open"),
    dueBefore: z.iso.datetime({ offset: true }).optional(),
  }),
  response: pageOf(
    z.object({
      id: z.string(),
      ticketNo: z.string(),
      category: z.string(),
      summary: z.string(),
      closedAt: z.string().nullable(),
      closingClass: z.string().nullable(),
      state: z.enum(STATES),
      dueAt: z.string(),
      attempts: z.int(),
      satisfaction: z.int().nullable(),
      solved: z.boolean().nullable(),
    }),
  ),
  handle: async ({ platform, actor, query }) => {
    const after = query.cursor === undefined ? null : cursorKey.safeParse(decodeCursor(query.cursor));
    if (after !== null && !after.success) return refuseCursor();
    const rows = await listReturnVisits(platform.database.sql, {
      ...reachOf(actor, dayOfInstant(platform.clock.now())),
      staffId: staffIdOf(actor),
      state: query.state,
      dueBefore: query.dueBefore === undefined ? null : new Date(query.dueBefore),
      afterDueAt: after?.data[0] ?? "-infinity",
      afterId: after?.data[1] ?? 0n,
      limit: query.limit + 1,
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [row.dueAt.toISOString(), String(row.id)],
        (row) => ({
          ...row,
          id: String(row.id),
          state: row.state as (typeof STATES)[number],
          closedAt: row.closedAt?.toISOString() ?? null,
          dueAt: row.dueAt.toISOString(),
        }),
      ),
    };
  },
});

export const settingsRoutes: readonly Route[] = [
  categories,
  changingCategory,
  companies,
  lookingUp,
  setting,
  telling,
  returnVisits,
];
