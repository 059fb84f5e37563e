/** What somebody is deciding about one difference or held money, and the sending of it. */
import { App, type InputRef } from "antd";
import { type RefObject, useRef, useState } from "react";
import { forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { useRequestKey } from "#web/api/request-key.ts";
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
  const { message } = App.useApp();
  const { key, renew } = useRequestKey();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const busy = useRef(false);
  const before = useRef("");
  const carry = async (order: Order): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    // A lost answer is asked for again with the same key; another decision is another intent.
    const asked = JSON.stringify(order);
    if (asked !== before.current) renew();
    before.current = asked;
    setBusy(true);
    setError(null);
    try {
      const state = await send(about, order, key());
      before.current = "";
      void message.success(t(state === "asked" ? "asked" : "done"));
      await forget(
        "/bank-breaks",
        "/suspense",
        "/approvals",
        "/bank-board",
        "/bank-days/{channel}/{day}",
        "/tasks",
      );
      if (state === "done") next();
    } catch (refusal) {
      if (problemOf(refusal).code !== "network.no-answer") before.current = "";
      setError(refusal);
    } finally {
      busy.current = false;
      setBusy(false);
    }
  };
  return { carry, error, isBusy };
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
  const { carry, error, isBusy } = useSend(about, next);
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
    error,
    isBusy,
  };
};

export type Decision = ReturnType<typeof useDecision>;
