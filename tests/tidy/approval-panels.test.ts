/**
 * Whoever approves reads words: every kind of approval that the server knows has its panel. And the yes carries it to where somebody goes
 * on: done with the decision, or with a page or a route for whoever asked.
 */
import { expect, test } from "vitest";
import { z } from "zod";
import { routes } from "#src/http/routes.ts";
import { approvalKinds, followedKinds } from "#src/office/approvals/index.ts";
import { read } from "./sources.ts";
import { AFTER, PANELS } from "../../web/src/screens/finance/approval-panels.ts";
import { placeOf } from "../../web/src/screens/finance/approval-place.ts";

/** Other tests of the same process have kinds of their own. */
const isOfTests = (kind: string): boolean => /^(?:test\.|http\.test$)/.test(kind);

test("every kind of approval that the rooms ask for has a panel, and no other", () => {
  const kinds = approvalKinds().filter((kind) => !isOfTests(kind));
  expect(kinds.length).toBeGreaterThan(15);
  expect(Object.keys(PANELS).toSorted()).toEqual(kinds);
});

test("every panel has its name, and each fact its word, in both languages", () => {
  const words = read("web/src/screens/finance/words-{approval,work}.ts")
    .map(({ text }) => text)
    .join("\n");
  const keys = Object.entries(PANELS).flatMap(([kind, facts]) => [
    `kind.${kind}`,
    ...facts.map((fact) => `fact.${fact}`),
  ]);
  expect(keys.filter((key) => words.split(`"${key}": "`).length !== 3)).toEqual([]);
});

/** What whoever asked sends when a second person has said yes; where the thing itself holds the number of its approval: `held`. */
const CARRIED_OUT: Readonly<
  Record<string, { readonly by: string; readonly held?: true; readonly subject?: string }>
> = {
  "bank-import": { by: "POST /bank-drafts/{id}/confirmation", held: true, subject: "bank-draft:7" },
  "bank-back-post": { by: "POST /bank-breaks/{id}/resolution", subject: "bank-break:7" },
  "suspense-claim": { by: "POST /suspense/{id}/claim", subject: "suspense:7" },
  "suspense-return": { by: "POST /suspense/{id}/return", subject: "suspense:7" },
  "suspense-settle": { by: "POST /suspense/{id}/settlement", subject: "suspense:7" },
  "payment-reversal": { by: "POST /payments/{id}/reversal", subject: "payment:7" },
  "payment-move": { by: "POST /payments/{id}/move" },
  "payment-by-hand": { by: "POST /payments" },
  "prepaid-release": { by: "POST /accounts/{accountNo}/prepaid/release" },
  "bill.cancel": { by: "POST /bills/{id}/cancel" },
  "bill-run": { by: "POST /bill-runs", subject: "bill-run:season-2026" },
  "tariff.price": { by: "POST /tariffs/prices" },
  "tariff.season-rule": { by: "PUT /seasons/{season}/tariffs/{heatClass}/{loopType}" },
  "notice.emergency-text": { by: "POST /notice-emergency-texts", subject: "template:sms/zh-CN/supply-back" },
  "reminders.ladder": { by: "POST /reminder-ladders" },
  "referral-reply": { by: "POST /referrals/{id}/report", held: true, subject: "referral:7" },
  "referral-extension": { by: "POST /referrals/{id}/extension", held: true, subject: "referral:7" },
};
/** Two people at one counter decide and do it at once: it never waits for anybody. */
const ON_THE_SPOT = ["payment-void"];

test("a yes to any kind of approval is the deed, or leads to it: a new kind says which", () => {
  const kinds = approvalKinds().filter((kind) => !isOfTests(kind));
  const decided = followedKinds();
  const decision = [...Object.keys(CARRIED_OUT), ...ON_THE_SPOT, ...decided].toSorted();
  expect(decision).toEqual(kinds);
  const told = (after: string): string[] => kinds.filter((kind) => AFTER[kind] === after);
  expect(told("decision")).toEqual(decided);
  expect(told("spot")).toEqual(ON_THE_SPOT);
  expect(Object.keys(AFTER).toSorted()).toEqual(kinds);
});

test.each(Object.entries(CARRIED_OUT))("%s is carried out by a route that takes its approval", (_, one) => {
  const route = routes.find(({ method, path }) => `${method.toUpperCase()} ${path}` === one.by);
  expect(route).toBeDefined();
  if (one.held === true) return;
  const body = JSON.stringify(
    z.toJSONSchema(route?.body ?? z.null(), { io: "input", unrepresentable: "any" }),
  );
  expect(body).toContain('"approvalId"');
});

test.each(Object.keys(AFTER).filter((kind) => AFTER[kind] === "page"))(
  "%s has the page where whoever asked goes on",
  (kind) => {
    const { subject = "" } = CARRIED_OUT[kind] ?? {};
    const place = placeOf({ kind, subject, request: {}, accountNo: "101000208" });
    const pages = read("web/src/screens/**/routes.ts")
      .map(({ text }) => text)
      .join("\n");
    expect(pages).toContain(`path: "${place?.to}"`);
  },
);
