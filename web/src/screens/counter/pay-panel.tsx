/** How the customer pays, and the one button that takes it. */
import { Button, Input, Radio } from "antd";
import { fenOfText, yuan } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./counter.module.css";
import type { Paper } from "./print-receipt.ts";
import { PaperChoice } from "./taken-receipt.tsx";
import { words } from "./words.ts";

export const TENDERS = ["cash", "card", "terminalCard", "terminalQr"] as const;
export type Way = (typeof TENDERS)[number];

export type Paying = {
  readonly way: Way;
  /** Cash received, as typed; empty means exactly the total. */
  readonly received: string;
  readonly payer: string;
  readonly paper: Paper;
};

/** Cash to give back; null while too little was received, or what was typed is no amount. */
export const changeOf = ({ way, received }: Paying, totalFen: number): number | null => {
  if (way !== "cash" || received.trim() === "") return 0;
  const fen = fenOfText(received);
  return fen === null || fen < totalFen ? null : fen - totalFen;
};

type Props = {
  readonly totalFen: number | null;
  readonly paying: Paying;
  readonly keep: (change: Partial<Paying>) => void;
  readonly take: () => void;
  readonly isTaking: boolean;
  readonly isReady: boolean;
  readonly error: unknown;
};

export const PayPanel = ({ totalFen, paying, keep, take, isTaking, isReady, error }: Props) => {
  const t = words.useWords();
  const change = totalFen === null ? null : changeOf(paying, totalFen);
  return (
    <section className={styles["side"]} aria-label={t("tender")}>
      <div>
        {t("total")} <output className={styles["total"]}>¥{yuan(totalFen ?? 0)}</output>
      </div>
      <Radio.Group
        aria-label={t("tender")}
        value={paying.way}
        disabled={isTaking}
        onChange={(event) => keep({ way: event.target.value as Way })}
        options={TENDERS.map((way) => ({ value: way, label: t(way) }))}
      />
      {paying.way === "cash" ? (
        <>
          <label>
            {t("received")}
            <Input
              value={paying.received}
              inputMode="decimal"
              maxLength={16}
              disabled={isTaking}
              placeholder={totalFen === null ? "" : yuan(totalFen)}
              onChange={(event) => keep({ received: event.target.value })}
            />
          </label>
          <div role="status">{change === null ? t("tooLittle") : `${t("change")} ¥${yuan(change)}`}</div>
        </>
      ) : null}
      <label>
        {t("payer")}
        <Input
          value={paying.payer}
          maxLength={100}
          disabled={isTaking}
          onChange={(event) => keep({ payer: event.target.value })}
        />
      </label>
      <PaperChoice paper={paying.paper} choose={(paper) => keep({ paper })} />
      <Problem error={error} />
      <Button
        type="primary"
        size="large"
        loading={isTaking}
        disabled={!isReady || change === null}
        onClick={take}
      >
        {t("takeAndPrint")} (Ctrl+Enter)
      </Button>
    </section>
  );
};
