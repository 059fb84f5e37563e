/**
 * Deciding about one difference or held money, by keys: Enter accepts what is proposed (or carries out what was approved), s
 * splits or holds, f finds a household, x gives it back to the bank. Money of a household needs two people.
 */
import { Link } from "@tanstack/react-router";
import { Alert, Button, Input, type InputRef, Radio } from "antd";
import { type RefObject, useRef } from "react";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime, yuan } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { Who } from "#web/furniture/who.tsx";
import { kindText } from "./approval-facts.tsx";
import { Candidates } from "./candidates.tsx";
import { type About, type Deed, needsAccount, needsTwo } from "./deeds.ts";
import styles from "./finance.module.css";
import { householdPath } from "./household-path.ts";
import { SettleFields } from "./settle-fields.tsx";
import { type Decision, useDecision } from "./use-decision.ts";
import { work } from "./words-work.ts";

/** The keys that do something about this one. */
const Keys = ({ about }: { about: About }) => {
  const t = work.useWords();
  const back = about.deeds.find((deed) => deed === "return" || deed === "dismiss");
  const keys: readonly (readonly [string, string, boolean])[] = [
    ["Enter", t("accept"), true],
    ["s", about.isSplit ? t("splitOff") : t("deed.suspense"), about.deeds.includes("suspense")],
    ["f", t("find"), about.deeds.some(needsAccount)],
    ["x", back === undefined ? "" : t(`deed.${back}`), back !== undefined],
    ["↑↓", t("keysHint"), true],
  ];
  return (
    <p className={styles["keys"]}>
      {keys.map(([key, label, isOn]) =>
        isOn ? (
          <span key={key}>
            <kbd>{key}</kbd> {label}{" "}
          </span>
        ) : null,
      )}
    </p>
  );
};

/** To whom, how much and why was asked, by whom, and who has agreed: whoever carries it out reads it here. */
const Asked = ({ waiting, about }: { waiting: NonNullable<About["waiting"]>; about: About }) => {
  const t = work.useWords();
  const { request, accountNo } = waiting;
  const fen = Number(request["amountFen"] ?? about.amountFen);
  return (
    <Facts
      rows={[
        [t("request"), kindText(waiting.kind)],
        [
          t("toWhom"),
          accountNo === null ? null : (
            <span key="home">
              <Link to={householdPath(accountNo)}>{accountNo}</Link> {waiting.address}
            </span>
          ),
        ],
        [t("fen"), yuan(Number.isFinite(fen) ? fen : about.amountFen)],
        [t("fact.reason"), typeof request["reason"] === "string" ? request["reason"] : null],
        [
          t("requestedBy"),
          waiting.askedBy === null ? null : (
            <Who key="asked" login={waiting.askedBy} name={waiting.askedByName} />
          ),
        ],
        [
          t("decidedBy"),
          waiting.decidedBy === null ? null : (
            <span key="decided">
              <Who login={waiting.decidedBy} name={waiting.decidedByName} /> {dateTime(waiting.decidedAt)}
            </span>
          ),
        ],
      ]}
    />
  );
};

const Standing = ({ about }: { about: About }) => {
  const t = work.useWords();
  const { waiting } = about;
  if (waiting === null) return null;
  if (waiting.state === "refused")
    return <Alert type="error" showIcon title={t("objected", { reason: waiting.reason ?? "" })} />;
  const isAgreed = waiting.state === "approved";
  return (
    <>
      <Alert type={isAgreed ? "success" : "info"} showIcon title={t(isAgreed ? "agreed" : "waiting")} />
      <Asked waiting={waiting} about={about} />
    </>
  );
};

type Boxes = { readonly reasonBox: RefObject<InputRef | null>; readonly findBox: RefObject<InputRef | null> };

const Fields = ({ about, one, reasonBox, findBox }: Boxes & { about: About; one: Decision }) => {
  const t = work.useWords();
  const { deed } = one;
  return (
    <>
      <Radio.Group
        aria-label={t("decide")}
        optionType="button"
        value={deed}
        onChange={({ target }) => one.setDeed(target.value as Deed)}
        options={about.deeds.map((each) => ({
          value: each,
          label: t(each === "suspense" && about.isSplit ? "splitOff" : `deed.${each}`),
        }))}
      />
      {one.wantsAccount ? (
        <Candidates query={one.candidates} chosen={one.accountNo} choose={one.choose} findRef={findBox} />
      ) : null}
      {deed === "settle" ? <SettleFields value={one.settlement} change={one.setSettlement} /> : null}
      <label className={styles["field"]}>
        <span>{t("reasonLabel")}</span>
        <Input
          ref={reasonBox}
          value={one.reason}
          maxLength={500}
          onChange={({ target }) => one.setReason(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            one.decide();
          }}
        />
      </label>
      {one.complaint === undefined ? null : (
        <p className={styles["bad"]} role="alert">
          {t(one.complaint)}
        </p>
      )}
      {deed !== undefined && needsTwo(deed) ? <p className={styles["quiet"]}>{t("twoPeople")}</p> : null}
    </>
  );
};

/** Rendered with `key={about.key}`: another thing begins with nothing typed. */
export const DecidePanel = ({ about, next }: { about: About; next: () => void }) => {
  const t = work.useWords();
  const reasonBox = useRef<InputRef>(null);
  const findBox = useRef<InputRef>(null);
  const one = useDecision(about, next, { reasonBox, findBox });
  const { deed, approved, isAsked, isOpen } = one;
  useShortcut("Enter", t("accept"), one.decide, isOpen);
  useShortcut("s", t("split"), () => one.turnTo("suspense"), isOpen);
  useShortcut("f", t("find"), () => findBox.current?.focus(), isOpen);
  useShortcut("x", t("except"), () => one.turnTo("return", "dismiss"), isOpen);
  const word = t(deed !== undefined && needsTwo(deed) ? "ask" : "doIt");
  return (
    <section className={`${styles["panel"]} ${styles["stack"]}`} aria-label={t("decide")}>
      <h2>
        {t("decide")} · {yuan(about.amountFen)}
      </h2>
      <Standing about={about} />
      {!isOpen && approved === undefined ? <p className={styles["quiet"]}>{t("nothingFits")}</p> : null}
      {isOpen && approved === undefined && !isAsked ? (
        <Fields about={about} one={one} reasonBox={reasonBox} findBox={findBox} />
      ) : null}
      {isAsked || (!isOpen && approved === undefined) ? null : (
        <Button type="primary" loading={one.isBusy} onClick={one.decide}>
          {approved === undefined
            ? word
            : [t("carryOut"), t(`deed.${approved.deed}`), approved.accountNo ?? ""]
                .filter((part) => part !== "")
                .join(" · ")}
        </Button>
      )}
      <IntentProblem intent={one.intent} again={isAsked ? one.decide : undefined} />
      {isOpen ? <Keys about={about} /> : null}
    </section>
  );
};
