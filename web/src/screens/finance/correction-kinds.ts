/** The corrections of a household's money and bills, by the kind of their approval. */
export const CORRECTIONS = ["payment-reversal", "payment-move", "bill.cancel", "prepaid-release"] as const;
export type Correction = (typeof CORRECTIONS)[number];
export const isCorrection = (kind: string): kind is Correction => CORRECTIONS.some((one) => one === kind);
