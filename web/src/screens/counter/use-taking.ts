/** Taking the money of a basket, by hand or at the terminal: once, however often it is pressed and whatever answer was lost. */
import { useCallback, useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { noAnswer } from "#web/api/problem.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { language } from "#web/words/words.ts";
import { amountOf, surplusOfAll } from "./basket.ts";
import { type Basket, EMPTY_BASKET } from "./paying.ts";
import { type Paper, printReceipt } from "./print-receipt.ts";
import type { Taken } from "./taken-receipt.tsx";
import type { Charge } from "./terminal-dialog.tsx";

/** What the customer at the window is told. */
export type Ending =
  | { readonly kind: "taken"; readonly taken: Taken; readonly isBlocked: boolean }
  | {
      readonly kind: "terminalDeclined" | "terminalCancelled" | "terminalHeld" | "terminalSilent";
    };

type Receipt = Omit<Taken, "changeFen" | "surplusFen" | "homes">;
type Answered =
  | { readonly kind: "taken"; readonly taken: Receipt }
  | { readonly kind: "charge"; readonly charge: Charge };

const itemsOf = ({ lines }: Basket) =>
  lines.map((line) => ({ accountNo: line.accountNo, amountFen: amountOf(line) ?? 0 }));

const send = async (basket: Basket, key: string): Promise<Answered> => {
  const { way, shiftId } = basket;
  const payer = basket.payer.trim();
  const params = { header: { "Idempotency-Key": key } };
  const body = { shiftId, items: itemsOf(basket), ...(payer === "" ? {} : { payerName: payer }) };
  if (way === "terminalCard" || way === "terminalQr") {
    const kind = way === "terminalQr" ? "qr" : "card";
    const { data } = await call.POST("/terminal-charges", { params, body: { ...body, kind } });
    if (data === undefined) throw noAnswer();
    return { kind: "charge", charge: data };
  }
  const { data, response } = await call.POST("/counter-payments", { params, body: { ...body, tender: way } });
  if (data === undefined) throw noAnswer();
  const { receiptId, receiptNo, totalFen } = data;
  const isOfBefore = response.headers.get("Idempotent-Replayed") === "true";
  return { kind: "taken", taken: { receiptId, receiptNo, totalFen, isOfBefore } };
};

const endingOf = ({ state, problem }: Charge): Exclude<Ending["kind"], "taken"> =>
  state === "declined"
    ? "terminalDeclined"
    : state === "cancelled"
      ? "terminalCancelled"
      : problem === "terminal-silent"
        ? "terminalSilent"
        : "terminalHeld";

export const useTaking = (shiftId: string | undefined, paper: Paper, ended: (ending: Ending) => void) => {
  const intent = useIntent("counter-taking", EMPTY_BASKET);
  const [charge, setCharge] = useState<Charge | null>(null);
  const { change, settle } = intent;
  const { way, lines } = intent.content;

  const finish = useCallback(
    (receipt: Receipt, changeFen: number): void => {
      const taken = { ...receipt, changeFen, surplusFen: surplusOfAll(lines), homes: lines };
      // The next customer often pays like this one.
      change({ way });
      void forget("/shifts", "/shifts/{id}", "/receipts");
      ended({ kind: "taken", taken, isBlocked: !printReceipt(taken.receiptId, paper, language()) });
    },
    [change, ended, lines, paper, way],
  );

  const take = async (changeFen: number): Promise<void> => {
    if (shiftId === undefined) return;
    // Refused while an answer is owed: then it is asked as it was.
    change({ shiftId });
    const answered = await intent.send(send, ({ kind }) => kind === "charge");
    if (answered === undefined) return;
    if (answered.kind === "charge") setCharge(answered.charge);
    else finish(answered.taken, changeFen);
  };

  /** What the terminal said at last; the homes stay in the basket unless money came. */
  const endCharge = useCallback(
    (last: Charge): void => {
      setCharge(null);
      settle(last.state === "approved" || last.state === "held");
      if (last.receiptId === null || last.receiptNo === null) return ended({ kind: endingOf(last) });
      finish(
        {
          receiptId: last.receiptId,
          receiptNo: last.receiptNo,
          totalFen: last.amountFen,
          isOfBefore: false,
        },
        0,
      );
    },
    [ended, finish, settle],
  );
  return { intent, take, charge, setCharge, endCharge };
};

export type Taking = ReturnType<typeof useTaking>;
