/**
 * Payments that a payer begins on our page and finishes at a wallet (线上缴费). The provider's side is this port; how it is
 * spoken to over the wire stands in `gateway.ts`. What it says is one of few things, and "I do not know" is one of them.
 */
import type { HandOver } from "./wechat.ts";

export type NewWalletOrder = {
  /** Ours: the same number begins the same payment once. */
  readonly orderNo: string;
  /** The channel, by its code: which wallet the payer chose. */
  readonly channel: string;
  readonly amountFen: bigint;
  /** What the payer reads at the wallet; names nobody. */
  readonly subject: string;
  readonly expiresAt: Date;
  /** Where the provider reports to. */
  readonly notifyUrl: string;
  /** Where the payer comes back to. */
  readonly returnUrl: string;
  /** Of a payer inside WeChat's browser, who pays there. */
  readonly openid?: string | undefined;
};

export type WalletBegun =
  | { readonly kind: "begun"; readonly payUrl: string | null; readonly handOver: HandOver | null }
  /** Its clear no: nothing was begun, nothing can be paid. */
  | { readonly kind: "refused"; readonly code: string }
  /** No answer, or none that can be read: it may have been begun. */
  | { readonly kind: "unknown"; readonly problem: string };

export type WalletPaid = {
  readonly transactionNo: string;
  readonly amountFen: bigint;
  readonly paidAt: Date;
};

export type WalletState =
  /** Without an address where it is paid inside WeChat's browser. */
  | { readonly kind: "waiting"; readonly payUrl: string | null }
  | ({ readonly kind: "paid" } & WalletPaid)
  /** Will never be paid: it expired, was closed, or never was. */
  | { readonly kind: "closed" }
  | { readonly kind: "unknown"; readonly problem: string };

export type WalletPort = {
  begin(order: NewWalletOrder): Promise<WalletBegun>;
  /** How it stands. Repeating is safe. */
  ask(orderNo: string): Promise<WalletState>;
  /** Nothing can be paid for it any more, unless it was. Repeating is safe. */
  close(orderNo: string): Promise<WalletState>;
};
