/** An amount at the terminal: the customer pays there, and the dialog looks until it has ended. */
import { Button, Modal, Spin } from "antd";
import { useEffect, useState } from "react";
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { yuan } from "#web/furniture/format.ts";
import { words } from "./words.ts";

export type Charge = Answer<"post", "/terminal-charges">;

const LOOK_EVERY_MS = 1500;

const isOpen = ({ state, receiptNo }: Charge): boolean =>
  state === "asked" || state === "shown" || (state === "approved" && receiptNo === null);

type Props = {
  readonly charge: Charge;
  /** It has ended: approved with its receipt, declined, cancelled, or held for finance. */
  readonly ended: (charge: Charge) => void;
};

export const TerminalDialog = ({ charge: first, ended }: Props) => {
  const t = words.useWords();
  const [charge, setCharge] = useState(first);
  const look = api.useMutation("post", "/terminal-charges/{id}/look");
  const cancel = api.useMutation("post", "/terminal-charges/{id}/cancel");
  const request = { params: { path: { id: charge.id } } };
  const { mutate } = look;
  useEffect(() => {
    if (!isOpen(charge)) {
      ended(charge);
      return;
    }
    const timer = window.setTimeout(
      () =>
        mutate(
          { params: { path: { id: charge.id } } },
          { onSuccess: setCharge, onError: () => setCharge({ ...charge }) },
        ),
      LOOK_EVERY_MS,
    );
    return () => window.clearTimeout(timer);
  }, [charge, ended, mutate]);
  const said = charge.isCancelling
    ? t("terminalCancelling")
    : charge.trouble !== null
      ? t("terminalTrouble", { why: charge.trouble })
      : charge.state === "asked"
        ? t("terminalAsked")
        : t("terminalShown", { amount: yuan(charge.amountFen) });
  return (
    <Modal
      open
      title={t("atTerminal")}
      closable={false}
      keyboard={false}
      footer={
        <Button
          disabled={charge.isCancelling}
          loading={cancel.isPending}
          onClick={() => cancel.mutate(request, { onSuccess: setCharge })}
        >
          {t("terminalCancel")}
        </Button>
      }
    >
      <p role="status">
        <Spin size="small" /> {said}
      </p>
      <Problem error={cancel.error ?? look.error} />
    </Modal>
  );
};
