/** Saved filters (常用筛选): the own ones of a person, by page. Their id may stand in an address; what they look for may not. */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import {
  changeFilter,
  countOtherFilters,
  dropFilter,
  endOtherDefaults,
  type FilterRow,
  findFilter,
  isNameTaken,
  keepFilter,
  listFilters,
} from "./filter-queries.ts";

const tag = "session";
const MOST_FILTERS = 100;
const LONGEST_FILTER = 2000;

const pageName = z.string().regex(/^[a-z][a-z.-]{1,60}$/, "small letters, dots and hyphens");
const nameIn = z.string().trim().min(1).max(40);
/** Codes, ids, days and what was typed to search; a page reads them back as it gave them. */
const filterIn = z.record(
  z.string().max(40),
  z.union([z.string().max(200), z.number(), z.boolean(), z.null()]),
);
const filterOut = z.object({
  id: z.string(),
  page: z.string(),
  name: z.string(),
  filter: filterIn,
  isDefault: z.boolean(),
});
const filterJson = ({ filter, ...row }: FilterRow) => ({
  ...row,
  id: String(row.id),
  filter: filterIn.parse(filter),
});

/** @throws DomainError `filter.needs-person` */
const ownerOf = (actor: Actor): bigint =>
  actor.kind === "staff" && actor.id !== null
    ? actor.id
    : fail("filter.needs-person", "a machine keeps no filters", { remedy: "log in as a person" });

/** @throws DomainError `filter.too-long` */
const textOf = (filter: z.infer<typeof filterIn>): string => {
  const text = JSON.stringify(filter);
  return text.length > LONGEST_FILTER
    ? fail("filter.too-long", "this filter names more than a list needs", { field: "filter" })
    : text;
};

const unknown = (): never =>
  fail("filter.not-found", "you have no such filter", { remedy: "choose one of your list" });

export const filterRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/saved-filters",
    permission: "own.session",
    summary: "The own filters of a page, by name",
    tag,
    query: z.strictObject({ page: pageName.optional() }),
    response: z.object({ items: z.array(filterOut) }),
    handle: async ({ platform, actor, query }) => ({
      body: {
        items:
          actor.kind !== "staff" || actor.id === null || query.page === undefined
            ? []
            : (await listFilters(platform.database.sql, { staffId: actor.id, page: query.page })).map(
                filterJson,
              ),
      },
    }),
  }),
  defineRoute({
    method: "get",
    path: "/saved-filters/{id}",
    permission: "own.session",
    summary: "One of the own filters",
    tag,
    params: z.strictObject({ id: rowIdIn }),
    response: filterOut,
    handle: async ({ platform, actor, params }) => {
      const staffId = ownerOf(actor);
      const row = await findFilter(platform.database.sql, { staffId, id: params.id });
      return { body: filterJson(row ?? unknown()) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/saved-filters",
    permission: "own.session",
    summary: "Keep a filter under a name; the same name again replaces it",
    tag,
    body: z.strictObject({
      page: pageName,
      name: nameIn,
      filter: filterIn,
    }),
    response: z.object({ id: z.string() }),
    status: 201,
    handle: async ({ platform, actor, body, requestId }) => {
      const staffId = ownerOf(actor);
      const filter = textOf(body.filter);
      const { result } = await platform.commands.run(
        { name: "saved-filter.keep", actor, requestId },
        async (context) => {
          if (
            (await countOtherFilters(context.sql, { staffId, page: body.page, name: body.name })) >=
            MOST_FILTERS
          ) {
            fail("filter.too-many", `a person keeps ${MOST_FILTERS} filters at most`, {
              remedy: "throw one away first",
            });
          }
          const kept = await keepFilter(context.sql, { ...body, staffId, filter, now: context.now });
          // The filter may name what somebody looks for: the audit says that one was kept, and of which page.
          context.audit({ subject: `saved-filter:${kept.id}`, details: { page: body.page } });
          return kept;
        },
      );
      return { status: 201, body: { id: String(result.id) } };
    },
  }),
  defineRoute({
    method: "patch",
    path: "/saved-filters/{id}",
    permission: "own.session",
    summary: "Give one of the own filters another name or content, or let its page begin with it",
    tag,
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({
      name: nameIn.optional(),
      filter: filterIn.optional(),
      isDefault: z.boolean().optional(),
    }),
    response: filterOut,
    handle: async ({ platform, actor, params: { id }, body, requestId }) => {
      const staffId = ownerOf(actor);
      const change = {
        staffId,
        id,
        name: body.name ?? null,
        filter: body.filter === undefined ? null : textOf(body.filter),
        isDefault: body.isDefault ?? null,
      };
      const { result } = await platform.commands.run(
        { name: "saved-filter.change", actor, requestId },
        async (context) => {
          if (body.name !== undefined && (await isNameTaken(context.sql, { staffId, id, name: body.name })))
            fail("filter.name-taken", "another filter of this page has that name", {
              field: "name",
              remedy: "choose another name, or throw the other one away",
            });
          if (body.isDefault === true) await endOtherDefaults(context.sql, { staffId, id });
          const changed = (await changeFilter(context.sql, change)) ?? unknown();
          context.audit({ subject: `saved-filter:${id}`, details: { page: changed.page } });
          return changed;
        },
      );
      return { body: filterJson(result) };
    },
  }),
  defineRoute({
    method: "delete",
    path: "/saved-filters/{id}",
    permission: "own.session",
    summary: "Throw one of the own filters away",
    tag,
    params: z.strictObject({ id: rowIdIn }),
    response: z.object({ dropped: z.boolean() }),
    handle: async ({ platform, actor, params, requestId }) => {
      const staffId = ownerOf(actor);
      await platform.commands.run({ name: "saved-filter.drop", actor, requestId }, async (context) => {
        if ((await dropFilter(context.sql, { staffId, id: params.id })) === 0) unknown();
        context.audit({ subject: `saved-filter:${params.id}` });
      });
      return { body: { dropped: true } };
    },
  }),
];
