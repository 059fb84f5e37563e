/** How the customer pays, and the one button that takes it. */
import { Button, Input, Radio } from "antd";
import type { Intent } from "#web/api/use-intent.ts";
import { yuan } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { totalOf } from "./basket.ts";
import styles from "./counter.module.css";
import { type Basket, changeOf, type Desk, TENDERS, type Way } from "./paying.ts";
import { PaperChoice } from "./taken-receipt.tsx";
import { words } from "./words.ts";

type Props = {
  readonly intent: Intent<Basket>;
  readonly desk: Desk;
  readonly keep: (change: Partial<Desk>) => void;
  readonly take: () => void;
  readonly canTake: boolean;
  /** The customer is at the terminal: the dialog says how that stands. */
  readonly isAtTerminal: boolean;
};

export const PayPanel = ({ intent, desk, keep, take, canTake, isAtTerminal }: Props) => {
  const t = words.useWords();
  const { lines, way, payer } = intent.content;
  const totalFen = lines.length === 0 ? null : totalOf(lines);
  const change = totalFen === null ? 0 : changeOf(way, desk.received, totalFen);
  const isUnanswered = intent.state === "unanswered" && !isAtTerminal;
  return (
    <section className={styles["side"]} aria-label={t("tender")}>
      <div>
        {lines.length > 1 ? t("totalOf", { count: lines.length }) : t("total")}{" "}
        <output className={styles["total"]}>¥{yuan(totalFen ?? 0)}</output>
      </div>
      <Radio.Group
        aria-label={t("tender")}
        value={way}
        disabled={intent.isLocked}
        onChange={(event) => intent.change({ way: event.target.value as Way })}
        options={TENDERS.map((one) => ({ value: one, label: t(one) }))}
      />
      {way === "cash" ? (
        <>
          <label>
            {t("received")}
            <Input
              value={desk.received}
              inputMode="decimal"
              maxLength={16}
              disabled={intent.isSending}
              placeholder={totalFen === null ? "" : yuan(totalFen)}
              status={change === null ? "error" : ""}
              onChange={(event) => keep({ received: event.target.value })}
            />
          </label>
          <div role="status" className={change === null ? `${styles["note"]} ${styles["more"]}` : ""}>
            {change === null ? t("tooLittle") : `${t("change")} ¥${yuan(change)}`}
          </div>
        </>
      ) : null}
      <label>
        {t("payer")}
        <Input
          value={payer}
          maxLength={100}
          disabled={intent.isLocked}
          onChange={(event) => intent.change({ payer: event.target.value })}
        />
      </label>
      <PaperChoice paper={desk.paper} isDisabled={intent.isSending} choose={(paper) => keep({ paper })} />
      {isAtTerminal ? null : <IntentProblem intent={intent} />}
      <Button type="primary" size="large" loading={intent.isSending} disabled={!canTake} onClick={take}>
        {t(isUnanswered ? "askAgain" : "takeAndPrint")} (Ctrl+Enter)
      </Button>
    </section>
  );
};
