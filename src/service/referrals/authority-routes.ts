/** Who sends orders, and what they call their columns: rows that the company keeps itself. */
import { z } from "zod";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { foldLabel, ORDER_FIELDS } from "./order-text.ts";
import { findAuthority, findLabels, listAuthorities, upsertAuthority, upsertLabel } from "./queries.ts";
import { refuseAuthority } from "./receive-referral.ts";

const tag = "Referrals 转办";
const codeIn = z.string().regex(/^[a-z0-9][a-z0-9-]{1,30}$/, "lower-case letters, digits and hyphens");
const KINDS = ["hotline", "petition", "media", "government", "other"] as const;

const authorityOut = z.object({
  code: z.string(),
  name: z.string(),
  nameEn: z.string(),
  kind: z.string(),
  active: z.boolean(),
});

export const authorityRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/referral-authorities",
    permission: "referral.read",
    tag,
    summary: "Who sends orders",
    response: z.object({ authorities: z.array(authorityOut) }),
    handle: async ({ platform }) => ({
      body: { authorities: await listAuthorities(platform.database.sql) },
    }),
  }),
  defineRoute({
    method: "put",
    path: "/referral-authorities/{code}",
    permission: "ticket.settings",
    tag,
    summary: "Add an authority, or change it",
    params: z.strictObject({ code: codeIn }),
    body: z.strictObject({
      name: z.string().trim().min(1).max(60),
      nameEn: z.string().trim().min(1).max(60),
      kind: z.enum(KINDS),
      active: z.boolean().default(true),
    }),
    response: authorityOut,
    handle: async ({ platform, actor, params, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "referral.set-authority", actor, requestId },
        async (context) => {
          const authority = { code: params.code, ...body };
          context.audit({ subject: `referral-authority:${params.code}`, details: { ...authority } });
          return upsertAuthority(context.sql, authority);
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/referral-authorities/{code}/labels",
    permission: "referral.read",
    tag,
    summary: "What an authority's columns and labels are called, the general names among them",
    params: z.strictObject({ code: codeIn }),
    response: z.object({
      labels: z.array(z.object({ label: z.string(), field: z.string(), own: z.boolean() })),
    }),
    handle: async ({ platform, params }) => ({
      body: { labels: await findLabels(platform.database.sql, params.code) },
    }),
  }),
  defineRoute({
    method: "put",
    path: "/referral-authorities/{code}/labels",
    permission: "ticket.settings",
    tag,
    summary: "Say what an authority calls a field",
    params: z.strictObject({ code: codeIn }),
    body: z.strictObject({
      label: z.string().trim().min(2).max(30).transform(foldLabel),
      field: z.enum(ORDER_FIELDS),
    }),
    response: z.object({ label: z.string(), field: z.string() }),
    handle: async ({ platform, actor, params, body, requestId }) => {
      await platform.commands.run({ name: "referral.set-label", actor, requestId }, async (context) => {
        if ((await findAuthority(context.sql, params.code)) === null) {
          await refuseAuthority(context.sql, "code");
        }
        await upsertLabel(context.sql, { authority: params.code, ...body });
        context.audit({ subject: `referral-authority:${params.code}`, details: { ...body } });
      });
      return { body };
    },
  }),
];
