/** Taking money at the counter: card, Ctrl+Enter, receipt. */
import { Link } from "@tanstack/react-router";
import { Alert, Button, type InputRef } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { call } from "#web/api/client.ts";
import type { Intent } from "#web/api/use-intent.ts";
import { askBefore } from "#web/furniture/above.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { yuan } from "#web/furniture/format.ts";
import { laterDialog } from "#web/furniture/later.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { BasketTable } from "./basket-table.tsx";
import { type Line, readLine, readLinesAgain, surplusOfAll } from "./basket.ts";
import styles from "./counter.module.css";
import { FindHome } from "./find-home.tsx";
import { PayPanel } from "./pay-panel.tsx";
import { type Basket, DESK, takeable } from "./paying.ts";
import { TakenReceipt } from "./taken-receipt.tsx";
import type { Charge } from "./terminal-dialog.tsx";
import { useOpenShift } from "./use-shift.ts";
import { type Ending, useTaking } from "./use-taking.ts";
import { words } from "./words.ts";

const FirmList = laterDialog(async () => (await import("./firm-list.tsx")).FirmList);
const TerminalDialog = laterDialog(async () => (await import("./terminal-dialog.tsx")).TerminalDialog);

/** An amount that was at the terminal when this page was closed is looked at again. */
const useLeftAtTerminal = (isOpen: boolean, found: (charge: Charge) => void): void => {
  useEffect(() => {
    if (!isOpen) return;
    const look = async (): Promise<void> => {
      const { data } = await call.GET("/terminal-charges", {});
      if (data !== undefined && data.charge !== null) found(data.charge);
    };
    // Not reached now: the shift does not close over it, and says so.
    look().catch(() => undefined);
  }, [isOpen, found]);
};

/** A basket that was kept is read anew when the page comes back: somebody may have paid meanwhile. Answers why it could not be. */
const useFreshLines = ({ content, isLocked, change }: Intent<Basket>): unknown => {
  const [error, setError] = useState<unknown>(null);
  const first = useRef(isLocked ? [] : content.lines);
  useEffect(() => {
    if (first.current.length === 0) return;
    const read = async (): Promise<void> => {
      const fresh = await readLinesAgain(first.current);
      change(({ lines }) => ({ lines: lines.map((line) => fresh.get(line) ?? line) }));
    };
    read().catch(setError);
  }, [change]);
  return error;
};

const NoShift = () => {
  const t = words.useWords();
  return (
    <>
      <PageBar title={t("take")} />
      <Empty
        text={t("noShift")}
        action={
          <Link to="/counter/shift">
            <Button type="primary">{t("toShift")}</Button>
          </Link>
        }
      />
    </>
  );
};

type EndingProps = {
  readonly ending: Ending | { readonly kind: "voided" };
  readonly paper: typeof DESK.paper;
  readonly voided: () => void;
};

const Ended = ({ ending, paper, voided }: EndingProps) => {
  const t = words.useWords();
  if (ending.kind !== "taken") return <Alert type="warning" role="status" title={t(ending.kind)} />;
  const { taken, isBlocked } = ending;
  return (
    <TakenReceipt key={taken.receiptId} taken={taken} paper={paper} isBlocked={isBlocked} voided={voided} />
  );
};

export const CounterPage = () => {
  const t = words.useWords();
  const { shift, isReading, error, again } = useOpenShift();
  const { draft: desk, keep } = useDraft("counter-desk", DESK);
  const input = useRef<InputRef>(null);
  const [ending, setEnding] = useState<EndingProps["ending"] | null>(null);
  const [isListing, setIsListing] = useState(false);
  const ended = useCallback(
    (how: Ending): void => {
      setEnding(how);
      if (how.kind === "taken") keep({ received: "" });
    },
    [keep],
  );
  const { intent, take, charge, setCharge, endCharge } = useTaking(shift?.id, desk.paper, ended);
  const { content: basket, isLocked, isSending, change } = intent;
  const staleError = useFreshLines(intent);
  useLeftAtTerminal(shift !== null, setCharge);
  // The next card goes into the field, which was closed while the money was taken.
  useEffect(() => {
    if (ending !== null) input.current?.focus();
  }, [ending]);
  const changeLines = (next: (lines: readonly Line[]) => readonly Line[]): void => {
    if (change(({ lines }) => ({ lines: next(lines) }))) setEnding(null);
  };
  const add = async (accountNo: string): Promise<void> => {
    const line = await readLine(accountNo);
    changeLines((lines) => [...lines.filter((one) => one.accountNo !== line.accountNo), line]);
  };
  const ready = takeable(basket, desk);
  const canTake = ready !== null && shift !== null && !isSending && charge === null && !isListing;
  const press = (): void => {
    if (!canTake) return;
    const surplusFen = surplusOfAll(basket.lines);
    const go = (): unknown => take(ready.changeFen);
    // What was sent already is asked for again as it was.
    if (surplusFen === 0 || isLocked) return void go();
    askBefore({
      title: t("takeMore", { total: yuan(ready.totalFen) }),
      content: t("becomesPrepaid", { owed: yuan(ready.totalFen - surplusFen), more: yuan(surplusFen) }),
      onOk: go,
    });
  };
  useShortcut("$mod+Enter", t("takeAndPrint"), press, canTake);
  useShortcut("F2", t("cash"), () => void change({ way: "cash" }), !isLocked);
  useShortcut("F4", t("terminalQr"), () => void change({ way: "terminalQr" }), !isLocked);

  if (error !== null) return <Problem error={error} again={again} />;
  if (shift === null && !isReading) return <NoShift />;
  return (
    <>
      <PageBar
        title={t("take")}
        actions={
          <>
            <Button disabled={isLocked} onClick={() => setIsListing(true)}>
              {t("firmList")}
            </Button>
            <Button disabled={isLocked || basket.lines.length === 0} onClick={() => changeLines(() => [])}>
              {t("clear")}
            </Button>
          </>
        }
      />
      <div className={styles["page"]}>
        <div>
          <FindHome input={input} take={add} isBusy={isLocked} />
          <Problem error={staleError} />
          {ending === null ? null : (
            <Ended ending={ending} paper={desk.paper} voided={() => setEnding({ kind: "voided" })} />
          )}
          <BasketTable
            lines={basket.lines}
            isBusy={isLocked}
            change={(accountNo, amount) =>
              changeLines((lines) =>
                lines.map((line) => (line.accountNo === accountNo ? { ...line, amount } : line)),
              )
            }
            remove={(accountNo) =>
              changeLines((lines) => lines.filter((line) => line.accountNo !== accountNo))
            }
          />
        </div>
        <PayPanel
          intent={intent}
          desk={desk}
          keep={keep}
          take={press}
          canTake={canTake}
          isAtTerminal={charge !== null}
        />
      </div>
      {isListing ? (
        <FirmList close={() => setIsListing(false)} take={(lines) => changeLines(() => lines)} />
      ) : null}
      {charge === null ? null : <TerminalDialog key={charge.id} charge={charge} ended={endCharge} />}
    </>
  );
};
