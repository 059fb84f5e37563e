import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { formatPriceYuan, parsePriceYuan } from "#src/kernel/rate.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { dayIn, defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { HEAT_CLASSES, LOOP_TYPES } from "#src/town/accounts/index.ts";
import { findPrices, type PriceVersion } from "./queries.ts";
import { explainSeasonTariff } from "./season-tariff.ts";
import { setPrice, setSeasonRule } from "./set-tariff.ts";

registerApprovalKinds({ "tariff.price": "tariff.approve", "tariff.season-rule": "tariff.approve" });

const tag = "Tariffs 热价";
const seasonIn = z.strictObject({ season: z.coerce.number().int().min(1990).max(2100) });
const documentIn = z.string().trim().min(1).max(200);

const priceOut = z.object({
  id: z.string(),
  heatClass: z.enum(HEAT_CLASSES),
  basis: z.enum(["area-day", "area-season"]),
  priceYuan: z.string(),
  from: z.string(),
  until: z.string().nullable(),
  document: z.string(),
  approvedBy: z.string(),
});

const priceJson = (version: PriceVersion) => ({
  id: String(version.id),
  heatClass: version.heatClass,
  basis: version.basis,
  priceYuan: formatPriceYuan(version.priceMicroYuan),
  from: version.from,
  until: version.until,
  document: version.document,
  approvedBy: version.approvedBy,
});

/** `approval-requested`: nothing is set yet; send the same again with the approval's id once it is decided. */
const twoPersonOut = z.object({ state: z.enum(["approval-requested", "done"]), approvalId: z.string() });

/**
 * First without an approval: asks for one. Then with it, and the same figures: done. What is approved is the text of the
 * request, so a changed figure is refused.
 */
const withSecondPerson = async (
  context: CommandContext,
  approvalId: bigint | undefined,
  asked: { kind: string; subject: string; request: Readonly<Record<string, unknown>> },
  work: () => Promise<unknown>,
) => {
  if (approvalId === undefined) {
    const requested = await requestApproval(context, asked);
    return { state: "approval-requested" as const, approvalId: String(requested) };
  }
  await useApproval(context, approvalId, asked.kind, asked.request);
  await work();
  return { state: "done" as const, approvalId: String(approvalId) };
};

const readRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/tariffs/prices",
    permission: "tariff.read",
    tag,
    summary: "All price versions with their documents",
    response: z.object({ items: z.array(priceOut) }),
    handle: async ({ platform }) => ({
      body: { items: (await findPrices(platform.database.sql)).map(priceJson) },
    }),
  }),
  defineRoute({
    method: "get",
    path: "/seasons/{season}/tariffs",
    permission: "tariff.read",
    tag,
    summary: "What a square metre costs in a season, by class and loop type, and what says so",
    params: seasonIn,
    response: z.object({
      season: z.int(),
      items: z.array(
        z.object({
          heatClass: z.enum(HEAT_CLASSES),
          loopType: z.enum(LOOP_TYPES),
          billingDays: z.int(),
          dueOn: z.string().nullable(),
          /** Says the days; bills that were made keep it. */
          document: z.string(),
          approvedBy: z.string(),
          /** What moved the due rule after bills were made. */
          dueDocument: z.string().nullable(),
          dueApprovedBy: z.string().nullable(),
          price: priceOut.nullable(),
          yuanPerM2: z.string().nullable(),
          explanation: z.object({ "zh-CN": z.string(), en: z.string() }),
        }),
      ),
    }),
    handle: async ({ platform, params }) => {
      const tariffs = await explainSeasonTariff(platform.database.sql, params.season);
      return {
        body: {
          season: params.season,
          items: tariffs.map(({ rule, price, yuanPerM2, sentence }) => ({
            heatClass: rule.heatClass,
            loopType: rule.loopType,
            billingDays: rule.billingDays,
            dueOn: rule.dueOn,
            document: rule.document,
            approvedBy: rule.approvedBy,
            dueDocument: rule.dueDocument,
            dueApprovedBy: rule.dueApprovedBy,
            price: price === null ? null : priceJson(price),
            yuanPerM2,
            explanation: sentence,
          })),
        },
      };
    },
  }),
];

const writeRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/tariffs/prices",
    permission: "tariff.write",
    tag,
    summary: "Set a price from a day on; needs a second person",
    body: z.strictObject({
      heatClass: z.enum(HEAT_CLASSES),
      basis: z.enum(["area-day", "area-season"]).default("area-day"),
      priceYuan: z.string().max(20),
      from: dayIn,
      until: dayIn.nullable().default(null),
      document: documentIn,
      approvedBy: documentIn,
      approvalId: rowIdIn.optional(),
    }),
    response: twoPersonOut,
    idempotency: "optional",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { approvalId, ...request } = body;
      const price = {
        ...request,
        priceMicroYuan: parsePriceYuan(request.priceYuan),
        from: day(request.from),
        until: request.until === null ? null : day(request.until),
      };
      const { result } = await platform.commands.run(
        { name: "tariff.set-price", actor, requestId, ...(idempotency && { idempotency }) },
        (context) =>
          withSecondPerson(
            context,
            approvalId,
            { kind: "tariff.price", subject: `price:${request.heatClass}`, request },
            () => setPrice(context, price),
          ),
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "put",
    path: "/seasons/{season}/tariffs/{heatClass}/{loopType}",
    permission: "tariff.write",
    tag,
    summary: "Approve billing days and due rule of a season; needs a second person",
    params: seasonIn.extend({ heatClass: z.enum(HEAT_CLASSES), loopType: z.enum(LOOP_TYPES) }),
    body: z.strictObject({
      billingDays: z.int().min(1).max(366),
      dueOn: dayIn.nullable(),
      document: documentIn,
      approvedBy: documentIn,
      approvalId: rowIdIn.optional(),
    }),
    response: twoPersonOut,
    idempotency: "optional",
    handle: async ({ platform, actor, params, body, idempotency, requestId }) => {
      const { approvalId, ...terms } = body;
      const { season, heatClass, loopType } = params;
      const request = { season, heatClass, loopType, ...terms };
      const { result } = await platform.commands.run(
        { name: "tariff.set-season-rule", actor, requestId, ...(idempotency && { idempotency }) },
        (context) =>
          withSecondPerson(
            context,
            approvalId,
            {
              kind: "tariff.season-rule",
              subject: `season-rule:${season}/${heatClass}/${loopType}`,
              request,
            },
            () =>
              setSeasonRule(context, {
                seasonId: season,
                heatClass,
                loopType,
                billingDays: terms.billingDays,
                dueOn: terms.dueOn === null ? null : day(terms.dueOn),
                document: terms.document,
                approvedBy: terms.approvedBy,
              }),
          ),
      );
      return { body: result };
    },
  }),
];

export const tariffRoutes: readonly Route[] = [...readRoutes, ...writeRoutes];
