/** What a person does to an order over HTTP; each needs the version that was seen. */
import { z } from "zod";
import { defineRoute, type Route, rowIdIn } from "#src/platform/route.ts";
import { changeSeen, versionAnswer } from "#src/platform/seen-change.ts";
import {
  answerReturn,
  askExtension,
  askReturn,
  grantExtension,
  recordVerdict,
  signForReferral,
} from "./change-referral.ts";
import { doAgain } from "./do-again.ts";

const tag = "Referrals 转办";
const params = z.strictObject({ id: rowIdIn });
const text = z.string().trim().min(1).max(1000);
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
const changedOut = z.object({ id: z.string(), version: z.int() });

export const changeRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/referrals/{id}/sign-for",
    permission: "referral.write",
    tag,
    summary: "Sign for an order",
    params,
    response: changedOut,
    ifMatch: true,
    handle: async (request) =>
      versionAnswer(
        request.params.id,
        await changeSeen(request, "referral.sign-for", (context, version) =>
          signForReferral(context, request.params.id, version),
        ),
      ),
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/return",
    permission: "referral.write",
    tag,
    summary: "Ask the authority to take an order back that is not ours, before its cut-off",
    params,
    body: z.strictObject({ reason: text }),
    response: changedOut.extend({ company: z.string().nullable() }),
    ifMatch: true,
    handle: async (request) => {
      const { id } = request.params;
      const done = await changeSeen(request, "referral.return", (context, version) =>
        askReturn(context, id, version, request.body.reason),
      );
      return {
        headers: { ETag: `"${done.version}"` },
        body: { id: String(id), version: done.version, company: done.company },
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/return-answer",
    permission: "referral.write",
    tag,
    summary: "What the authority answered to the return: taken back, or ours after all",
    params,
    body: z.strictObject({ takenBack: z.boolean(), text: z.string().trim().max(1000).default("") }),
    response: changedOut,
    ifMatch: true,
    handle: async (request) =>
      versionAnswer(
        request.params.id,
        await changeSeen(request, "referral.return-answer", (context, version) =>
          answerReturn(context, request.params.id, version, request.body),
        ),
      ),
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/extension-requests",
    permission: "referral.write",
    tag,
    summary: "Ask a second person for the one extension of an order",
    params,
    body: z.strictObject({ dueAt: instant, reason: text }),
    response: z.object({ approvalId: z.string() }),
    status: 201,
    ifMatch: true,
    handle: async (request) => ({
      body: {
        approvalId: String(
          await changeSeen(request, "referral.ask-extension", (context, version) =>
            askExtension(context, request.params.id, version, request.body),
          ),
        ),
      },
    }),
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/extension",
    permission: "referral.write",
    tag,
    summary: "The authority granted the approved extension: deadline and clock move",
    params,
    body: z.strictObject({ dueAt: instant }),
    response: changedOut,
    ifMatch: true,
    handle: async (request) =>
      versionAnswer(
        request.params.id,
        await changeSeen(request, "referral.extend", (context, version) =>
          grantExtension(context, request.params.id, version, request.body.dueAt),
        ),
      ),
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/verdict",
    permission: "referral.write",
    tag,
    summary: "Whether the citizen was satisfied, as the authority tells it",
    params,
    body: z.strictObject({ satisfied: z.boolean() }),
    response: changedOut,
    ifMatch: true,
    handle: async (request) =>
      versionAnswer(
        request.params.id,
        await changeSeen(request, "referral.verdict", (context, version) =>
          recordVerdict(context, request.params.id, version, request.body.satisfied),
        ),
      ),
  }),
  defineRoute({
    method: "post",
    path: "/referrals/{id}/again",
    permission: "referral.write",
    tag,
    summary: "Ordered again: a child with a deadline of its own; the case is opened again",
    params,
    body: z.strictObject({
      dueAt: instant,
      outsideNo: z.string().trim().min(1).max(60).optional(),
      demand: z.string().trim().min(1).max(4000).optional(),
      receivedAt: instant.optional(),
      returnBefore: instant.optional(),
    }),
    response: z.object({ id: z.string(), ticketNo: z.string(), outcome: z.enum(["taken", "known"]) }),
    status: 201,
    ifMatch: true,
    handle: async (request) => {
      const again = await changeSeen(request, "referral.again", (context, version) =>
        doAgain(context, request.params.id, version, request.body),
      );
      return {
        body: { id: String(again.referralId), ticketNo: again.ticketNo, outcome: again.outcome },
      };
    },
  }),
];
