/**
 * The terminal of a till (聚合支付终端), for card and QR code: told an amount, it lets the customer pay and says how that ended.
 * Vendor-neutral and small on purpose: whoever connects a maker's terminal writes a gateway of three addresses.
 *
 *   PUT    TERMINAL_URL/charges/{reference}  {"till", "kind": "card" | "qr", "amountFen"}  shows it; the same reference is shown once
 *   GET    TERMINAL_URL/charges/{reference}  how it stands
 *   DELETE TERMINAL_URL/charges/{reference}  takes it back, unless the customer has paid
 *
 * each answers 2xx with {"state": "shown" | "approved" | "declined" | "cancelled", "terminalNo": "..."}, the number when approved.
 * GET of a reference that was never shown answers 404. Calls carry `Authorization: Bearer TERMINAL_TOKEN`.
 */
import { z } from "zod";
import { fail } from "#src/kernel/errors.ts";
import type { Platform } from "#src/platform/route.ts";

export type ChargeKind = "card" | "qr";

export type ChargeAtTerminal = {
  readonly state: "shown" | "approved" | "declined" | "cancelled";
  /** Present when approved. */
  readonly terminalNo?: string | undefined;
};

export type ChargeOrder = {
  readonly reference: string;
  readonly till: string;
  readonly kind: ChargeKind;
  readonly amountFen: bigint;
};

/** Every call may be repeated: the reference is one charge. Throws when the terminal does not answer as it should. */
export type Terminal = {
  show(order: ChargeOrder): Promise<ChargeAtTerminal>;
  /** Null: the terminal has never heard of it. */
  look(reference: string): Promise<ChargeAtTerminal | null>;
  cancel(reference: string): Promise<ChargeAtTerminal | null>;
};

/** So long an answer is waited for, and what was sent may arrive. */
export const SHOW_TIMEOUT_MS = 5000;

const answered = z
  .looseObject({
    state: z.enum(["shown", "approved", "declined", "cancelled"]),
    terminalNo: z.string().min(1).max(64).optional(),
  })
  .refine(
    ({ state, terminalNo }) => state !== "approved" || terminalNo !== undefined,
    "an approved charge has a number",
  );

export const httpTerminal = (address: { readonly url: string; readonly token: string }): Terminal => {
  const ask = async (method: string, reference: string, body?: object): Promise<ChargeAtTerminal | null> => {
    const response = await fetch(`${address.url}/charges/${reference}`, {
      method,
      headers: {
        authorization: `Bearer ${address.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(SHOW_TIMEOUT_MS),
    });
    if (response.status === 404 && body === undefined) return null;
    if (!response.ok) throw new Error(`the terminal answered ${response.status}`);
    const { state, terminalNo } = answered.parse(await response.json());
    return { state, terminalNo };
  };
  return {
    show: async ({ reference, till, kind, amountFen }) => {
      const shown = await ask("PUT", reference, { till, kind, amountFen: Number(amountFen) });
      if (shown === null) throw new Error("the terminal did not take the charge");
      return shown;
    },
    look: (reference) => ask("GET", reference),
    cancel: (reference) => ask("DELETE", reference),
  };
};

/** @throws DomainError `terminal.not-set-up` */
export const terminalOf = (platform: Pick<Platform, "outside">): Terminal => {
  const address = platform.outside?.terminal;
  if (address === undefined) {
    return fail("terminal.not-set-up", "no terminal is connected to this house", {
      remedy: "take the card by the terminal's own keys, or set TERMINAL_URL and TERMINAL_TOKEN",
    });
  }
  return httpTerminal(address);
};
