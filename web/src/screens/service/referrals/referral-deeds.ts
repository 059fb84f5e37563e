/** What is written down about an order: what each deed asks for, and the route that does it. */
import { call } from "#web/api/client.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import type { Referral } from "./use-referral.ts";

export const DEEDS = [
  "sign-for",
  "return",
  "return-answer",
  "extension",
  "grant",
  "verdict",
  "again",
] as const;
export type Deed = (typeof DEEDS)[number];

/** Done at once, without a question. */
export const AT_ONCE: ReadonlySet<Deed> = new Set(["sign-for"]);

export type DeedDraft = {
  readonly text: string;
  readonly until: string;
  readonly outsideNo: string;
  readonly yes: boolean | null;
};
export const EMPTY_DEED: DeedDraft = { text: "", until: "", outsideNo: "", yes: null };

export const deedsFor = (referral: Referral): readonly Deed[] => {
  const { state, extension } = referral;
  if (state === "return-asked") return ["return-answer"];
  if (state === "reported") return referral.childId === null ? ["verdict", "again"] : ["verdict"];
  if (state === "taken-back") return [];
  const isAsked = extension !== null && extension.grantedDueAt === null;
  const mayAsk = extension === null || ["refused", "withdrawn"].includes(extension.approvalState);
  return [
    ...(state === "received" ? (["sign-for"] as const) : []),
    "return",
    ...(mayAsk ? (["extension"] as const) : []),
    ...(isAsked && extension.approvalState === "approved" ? (["grant"] as const) : []),
  ];
};

export const lacks = (deed: Deed, draft: DeedDraft): boolean => {
  const text = draft.text.trim() !== "";
  const until = instantOfWallTime(draft.until) !== undefined;
  switch (deed) {
    case "return":
      return !text;
    case "return-answer":
    case "verdict":
      return draft.yes === null;
    case "extension":
      return !text || !until;
    case "grant":
    case "again":
      return !until;
    case "sign-for":
      return false;
  }
};

export const runDeed = (deed: Deed, referral: Referral, draft: DeedDraft): Promise<unknown> => {
  const params = { path: { id: referral.id }, header: { "If-Match": `"${referral.version}"` } };
  const text = draft.text.trim();
  const dueAt = instantOfWallTime(draft.until) ?? "";
  const outsideNo = draft.outsideNo.trim();
  switch (deed) {
    case "sign-for":
      return call.POST("/referrals/{id}/sign-for", { params });
    case "return":
      return call.POST("/referrals/{id}/return", { params, body: { reason: text } });
    case "return-answer":
      return call.POST("/referrals/{id}/return-answer", {
        params,
        body: { takenBack: draft.yes === true, text },
      });
    case "extension":
      return call.POST("/referrals/{id}/extension-requests", { params, body: { dueAt, reason: text } });
    case "grant":
      return call.POST("/referrals/{id}/extension", { params, body: { dueAt } });
    case "verdict":
      return call.POST("/referrals/{id}/verdict", { params, body: { satisfied: draft.yes === true } });
    case "again":
      return call.POST("/referrals/{id}/again", {
        params,
        body: {
          dueAt,
          ...(text === "" ? {} : { demand: text }),
          ...(outsideNo === "" ? {} : { outsideNo }),
        },
      });
  }
};
