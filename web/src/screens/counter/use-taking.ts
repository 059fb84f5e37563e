/** Taking the money of a basket, by hand or at the terminal: once, however often it is pressed. */
import { useCallback, useRef, useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { language } from "#web/words/words.ts";
import { amountOf, type Line } from "./basket.ts";
import { changeOf, type Paying } from "./pay-panel.tsx";
import { printReceipt } from "./print-receipt.ts";
import type { Taken } from "./taken-receipt.tsx";
import type { Charge } from "./terminal-dialog.tsx";

export type Done = { readonly taken: Taken; readonly isBlocked: boolean };

const itemsOf = (lines: readonly Line[]) =>
  lines.map((line) => ({ accountNo: line.accountNo, amountFen: amountOf(line) ?? 0 }));

/** The receipt that the money of a terminal became. */
const takenOf = async ({ receiptId, receiptNo, amountFen }: Charge): Promise<Taken> => {
  const { data } = await call.GET("/receipts/{id}", { params: { path: { id: receiptId ?? "" } } });
  return {
    receiptId: receiptId ?? "",
    receiptNo: receiptNo ?? "",
    totalFen: amountFen,
    changeFen: 0,
    paymentIds: data?.lines.map(({ paymentId }) => paymentId) ?? [],
  };
};

export const useTaking = (shiftId: string | undefined, paying: Paying, done: (result: Done) => void) => {
  const request = useRequestKey();
  const pay = api.useMutation("post", "/counter-payments");
  const ask = api.useMutation("post", "/terminal-charges");
  const [charge, setCharge] = useState<Charge | null>(null);
  // Set with the press itself: the second press of a double one comes before the page has rendered anew.
  const isPressed = useRef(false);
  const released = (): void => {
    isPressed.current = false;
  };

  const finish = useCallback(
    (taken: Taken): void => {
      request.renew();
      void forget("/shifts", "/shifts/{id}");
      done({ taken, isBlocked: !printReceipt(taken.receiptId, paying.paper, language()) });
    },
    [done, paying.paper, request],
  );

  const take = (lines: readonly Line[], totalFen: number): void => {
    if (shiftId === undefined || isPressed.current) return;
    isPressed.current = true;
    const key = { params: { header: { "Idempotency-Key": request.key() } } };
    const items = itemsOf(lines);
    if (paying.way === "terminalCard" || paying.way === "terminalQr") {
      const kind = paying.way === "terminalQr" ? "qr" : "card";
      ask.mutate({ ...key, body: { shiftId, kind, items } }, { onSuccess: setCharge, onSettled: released });
      return;
    }
    const payer = paying.payer.trim();
    pay.mutate(
      { ...key, body: { shiftId, tender: paying.way, items, ...(payer === "" ? {} : { payerName: payer }) } },
      {
        onSuccess: ({ receiptId, receiptNo, payments }) =>
          finish({
            receiptId,
            receiptNo,
            totalFen,
            changeFen: changeOf(paying, totalFen) ?? 0,
            paymentIds: payments.map(({ paymentId }) => paymentId),
          }),
        onSettled: released,
      },
    );
  };

  /** What the terminal said at last; the homes stay in the basket unless they were paid. */
  const endCharge = useCallback(
    (ended: Charge): void => {
      setCharge(null);
      request.renew();
      if (ended.receiptId === null) return;
      void takenOf(ended).then(finish);
    },
    [finish, request],
  );
  return {
    take,
    charge,
    setCharge,
    endCharge,
    isTaking: pay.isPending || ask.isPending,
    error: pay.error ?? ask.error,
    /** What is asked has changed: another try is another intent. */
    changed: () => {
      request.renew();
      pay.reset();
      ask.reset();
    },
  };
};
