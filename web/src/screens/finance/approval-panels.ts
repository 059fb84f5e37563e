/** What each kind of approval shows to the second person, in this order. */

/** By kind; whatever else a request holds (digests, ids) is folded away. */
export const PANELS: Readonly<Record<string, readonly string[]>> = {
  "bank-import": ["channel", "bankDay", "lines", "totalFen", "inDoubt"],
  "bank-back-post": ["amountFen", "reason"],
  "suspense-claim": ["amountFen", "billNo", "reason"],
  "suspense-return": ["amountFen", "reason"],
  "suspense-settle": ["channel", "day", "amountFen", "bookedFen", "feeFen", "difference", "reason"],
  "payment-reversal": ["amountFen", "reason"],
  "payment-void": ["amountFen", "reason"],
  "payment-move": ["amountFen", "billNo", "reason"],
  "payment-by-hand": ["channel", "serial", "paidAt", "amountFen", "billNo", "reason"],
  "prepaid-release": ["reason"],
  "bill.cancel": ["amountFen", "reason"],
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
