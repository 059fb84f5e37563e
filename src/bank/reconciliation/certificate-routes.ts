/** The certificate of a bank day over HTTP: signed once, read as it was signed, and on paper. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { renderPage, renderPdf } from "#src/office/documents/index.ts";
import { dayIn, defineRoute, type Route } from "#src/platform/route.ts";
import { certifyBankDay } from "./certify-day.ts";
import { certificatePaper } from "./print-certificate.ts";
import { readBankDay } from "./reconcile-day.ts";

const tag = "Bank 银行对账";
const params = z.strictObject({ channel: z.string().max(30), day: dayIn });
const query = z.strictObject({ lang: z.enum(["zh-CN", "en"]).default("zh-CN") });

export const certificateRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/bank-days/{channel}/{day}/certificate",
    permission: "bank.certify",
    tag,
    summary: "Certify the day: once, by another person than the importer",
    params,
    response: z.object({ sha256: z.string(), body: z.string() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, params: one, idempotency, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "bank.certify-day", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const { sha256, body } = await certifyBankDay(context, one.channel, day(one.day));
          return { sha256: sha256.toString("hex"), body };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-days/{channel}/{day}/certificate",
    permission: "bank.read",
    tag,
    summary: "The certificate, byte for byte as it was issued",
    params,
    response: z.string(),
    // Text, so that the bytes that were signed leave as they are.
    produces: "text/plain",
    handle: async ({ platform, params: one }) => {
      const view = await readBankDay(platform.database.sql, one.channel, day(one.day));
      if (view.certificate === null) return fail("certificate.not-found", "this day has no certificate");
      return { body: view.certificate.body };
    },
  }),
  defineRoute({
    method: "get",
    path: "/bank-days/{channel}/{day}/certificate/print",
    permission: "bank.read",
    tag,
    summary: "The certificate as a page to print: the figures that were signed, nothing counted anew",
    params,
    query,
    response: z.string(),
    produces: "text/html",
    handle: async ({ platform: { database, clock }, params: one, query: { lang } }) => ({
      body: renderPage(
        await certificatePaper(database.sql, one.channel, day(one.day), { now: clock.now(), lang }),
        lang,
      ),
    }),
  }),
  defineRoute({
    method: "get",
    path: "/bank-days/{channel}/{day}/certificate/pdf",
    permission: "bank.read",
    tag,
    summary: "The same paper as PDF",
    params,
    query,
    response: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    produces: "application/pdf",
    handle: async ({ platform: { database, clock }, params: one, query: { lang } }) => ({
      headers: { "content-disposition": `inline; filename="certificate-${one.channel}-${one.day}.pdf"` },
      body: await renderPdf(
        await certificatePaper(database.sql, one.channel, day(one.day), { now: clock.now(), lang }),
        lang,
      ),
    }),
  }),
];
