/** What each kind of approval shows to the second person, in this order, and what comes after the yes. */

/**
 * `decision`: it is done with the decision. `page`: whoever asked carries it out on the page that `placeOf` names. `program`: whoever
 * asked carries it out over the API with the number of the approval. `spot`: two people at one counter; it never waits in the list.
 */
export type After = "decision" | "page" | "program" | "spot";
export const AFTER: Readonly<Record<string, After>> = {
  "bank-import": "page",
  "bank-back-post": "page",
  "suspense-claim": "page",
  "suspense-return": "page",
  "suspense-settle": "page",
  "payment-reversal": "page",
  "payment-void": "spot",
  "payment-move": "page",
  "payment-by-hand": "program",
  "prepaid-release": "page",
  "bill.cancel": "page",
  "bill-run": "page",
  "tariff.price": "program",
  "tariff.season-rule": "program",
  notice: "decision",
  "notice.emergency-text": "page",
  "template.words": "decision",
  "reminders.ladder": "program",
  "referral-reply": "page",
  "referral-extension": "page",
};

/** By kind; whatever else a request holds (digests, ids) is folded away. */
export const PANELS: Readonly<Record<string, readonly string[]>> = {
  "bank-import": ["channel", "bankDay", "lines", "totalFen", "inDoubt"],
  "bank-back-post": ["amountFen", "reason"],
  "suspense-claim": ["amountFen", "billNo", "reason"],
  "suspense-return": ["amountFen", "reason"],
  "suspense-settle": ["channel", "day", "amountFen", "bookedFen", "feeFen", "difference", "reason"],
  "payment-reversal": ["amountFen", "reason"],
  "payment-void": ["amountFen", "reason"],
  "payment-move": ["amountFen", "toAccountNo", "billNo", "reason"],
  "payment-by-hand": ["channel", "serial", "paidAt", "amountFen", "billNo", "reason"],
  "prepaid-release": ["billNo", "reason"],
  "bill.cancel": ["billNo", "amountFen", "reason"],
  "bill-run": ["season", "asOf", "count", "sumFen", "reissueCancelled"],
  "tariff.price": ["heatClass", "priceYuan", "from", "until", "document", "approvedBy"],
  "tariff.season-rule": ["season", "heatClass", "loopType", "billingDays", "dueOn", "document", "approvedBy"],
  notice: ["title", "households", "words", "atNightToo"],
  "notice.emergency-text": ["channel", "locale", "words"],
  "template.words": ["template", "channel", "toProgram", "wording", "words", "reason", "liveDay"],
  "reminders.ladder": ["fromSeason", "document", "stages"],
  "referral-reply": [],
  "referral-extension": ["dueAt", "reason"],
};
