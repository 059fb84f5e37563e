/** A receipt on paper, in a window of its own that prints as soon as it stands. */
export const PAPERS = ["roll-80", "a5", "needle", "a4"] as const;
export type Paper = (typeof PAPERS)[number];

/** False when the browser let no window open. Each call counts as a print, so that a second one says that it is a copy. */
export const printReceipt = (receiptId: string, paper: Paper, language: string): boolean => {
  const opened = window.open(`/api/v1/receipts/${receiptId}/print?paper=${paper}&lang=${language}`, "_blank");
  if (opened === null) return false;
  opened.addEventListener("load", () => opened.print());
  return true;
};
