/** The page where what an approval is about is looked at, and carried out where the decision alone does not do it. */
import type { Item } from "#web/api/types.ts";
import { isCorrection } from "./correction-kinds.ts";

type Asked = Pick<Item<"/approvals">, "kind" | "subject" | "request" | "accountNo">;

const templatePlace = ({ channel, template }: Asked["request"]) =>
  ({
    to: "/admin/templates",
    search: {
      name: String(template),
      ...(channel === "email" || channel === "voice" ? { channel } : { channel: "sms" as const }),
    },
  }) as const;

/** Where what was asked is looked at and carried out. */
export const placeOf = ({ kind, subject, request, accountNo }: Asked) => {
  const [thing, id = ""] = subject.split(":");
  if (thing === "notice") return { to: "/notices/$noticeId", params: { noticeId: id } } as const;
  if (thing === "template") return { to: "/notices/settings" } as const;
  if (isCorrection(kind) && accountNo !== null)
    return { to: "/finance/corrections/$accountNo", params: { accountNo } } as const;
  if (thing === "referral") return { to: "/referrals/$id", params: { id } } as const;
  if (thing === "template-words") return templatePlace(request);
  if (thing === "bank-draft") return { to: "/finance/imports/$id", params: { id } } as const;
  if (thing === "bank-break") return { to: "/finance/breaks", search: { id, state: "all" } } as const;
  if (thing === "suspense") return { to: "/finance/suspense", search: { id } } as const;
  if (thing === "bill-run")
    return { to: "/finance/bill-runs", search: { season: String(request["season"]) } } as const;
  return undefined;
};
