/** What somebody is deciding about one difference or held money, and the sending of it. */
import { type InputRef } from "antd";
import { type RefObject, useState } from "react";
import { forget } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { tellDone } from "#web/furniture/above.ts";
import { type Chosen, useCandidates } from "./candidates.tsx";
import {
  type About,
  approvedOrder,
  type Deed,
  needsAccount,
  type Order,
  send,
  type Settlement,
} from "./deeds.ts";
import { work } from "./words-work.ts";

const useSend = (about: About, next: () => void) => {
  const t = work.useWords();
  const intent = useIntent<{ order: Order | null }>(`deed-${about.breakId ?? ""}-${about.itemId ?? ""}`, {
    order: null,
  });
  const carry = async (order: Order): Promise<void> => {
    // One without an answer is asked for as it was, whatever is chosen by now.
    intent.change({ order });
    const state = await intent.send((asked, key) => send(about, asked.order ?? order, key));
    if (state === undefined) return;
    tellDone(t(state === "asked" ? "asked" : "done"));
    // At once: a key that is pressed now is about the next one.
    if (state === "done") next();
    await forget(
      "/bank-breaks",
      "/suspense",
      "/approvals",
      "/bank-board",
      "/bank-days/{channel}/{day}",
      "/tasks",
    );
  };
  return { carry, intent };
};

type Boxes = {
  readonly reasonBox: RefObject<InputRef | null>;
  readonly findBox: RefObject<InputRef | null>;
};

const settlementOf = ({ channel, day }: About): Settlement => ({
  channel: channel ?? "",
  day: day ?? "",
  difference: "fee",
});

export const useDecision = (about: About, next: () => void, { reasonBox, findBox }: Boxes) => {
  const t = work.useWords();
  const [deed, setDeed] = useState<Deed | undefined>(about.deeds[0]);
  const [chosen, setChosen] = useState<Chosen>();
  const [typedReason, setReason] = useState<string>();
  const [settlement, setSettlement] = useState<Settlement>(() => settlementOf(about));
  const [complaint, setComplaint] = useState<"needsReason" | "needsAccount">();
  const { carry, intent } = useSend(about, next);
  const isOpen = about.deeds.length > 0;
  const approved = approvedOrder(about.waiting);
  const isAsked = about.waiting?.state === "requested";
  const wantsAccount = deed !== undefined && needsAccount(deed);
  const candidates = useCandidates(about, isOpen && about.deeds.some(needsAccount));
  const proposed = candidates.data?.items.find(({ accountNo }) => accountNo === candidates.data?.proposed);
  const accountNo = chosen?.accountNo ?? about.knownAccountNo ?? proposed?.accountNo;
  const proposedWhy = proposed?.reasons.map((reason) => t(`why.${reason}`)).join("，") ?? "";
  const reason = typedReason ?? (!wantsAccount ? "" : chosen === undefined ? proposedWhy : chosen.why);

  const choose = (one: Chosen): void => {
    setChosen(one);
    // What was found by hand needs its evidence written.
    if (one.why === "") reasonBox.current?.focus();
  };
  const decide = (): void => {
    const kept = intent.content.order;
    if (intent.state === "unanswered" && kept !== null) return void carry(kept);
    if (approved !== undefined) return void carry(approved);
    if (deed === undefined || isAsked) return;
    if (wantsAccount && accountNo === undefined) {
      setComplaint("needsAccount");
      return findBox.current?.focus();
    }
    if (reason.trim() === "") {
      setComplaint("needsReason");
      return reasonBox.current?.focus();
    }
    setComplaint(undefined);
    void carry({
      deed,
      reason: reason.trim(),
      accountNo: wantsAccount ? accountNo : undefined,
      settlement: deed === "settle" ? settlement : undefined,
    });
  };
  /** Another deed, by its key: the first of these that fits; what is missing is its reason. */
  const turnTo = (...wanted: readonly Deed[]): void => {
    const fitting = wanted.find((one) => about.deeds.includes(one));
    if (fitting === undefined || approved !== undefined || isAsked) return;
    setDeed(fitting);
    setComplaint(undefined);
    reasonBox.current?.focus();
  };
  return {
    deed,
    setDeed,
    choose,
    reason,
    setReason,
    settlement,
    setSettlement,
    complaint,
    isOpen,
    approved,
    isAsked,
    wantsAccount,
    candidates,
    accountNo,
    decide,
    turnTo,
    intent,
    isBusy: intent.isSending,
  };
};

export type Decision = ReturnType<typeof useDecision>;
