/** Taking an order in: a new case, or a further number on one that is there. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import type { ReactNode } from "react";
import { call } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import type { Body } from "#web/api/types.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import { language } from "#web/words/words.ts";
import { CategorySelect } from "../cases/category-select.tsx";
import { caseWords } from "../words-case.ts";
import styles from "../cases/cases.module.css";
import { referralWords } from "../words-referral.ts";
import { forgetReferrals, useAuthorities } from "./use-referral.ts";

const SHORT = [
  "title",
  "requirement",
  "urgency",
  "address",
  "callerName",
  "callerNumber",
  "accountNo",
] as const;
const LABELS = { title: "matter" } as const;
const labelOf = (name: (typeof SHORT)[number]) => (name === "title" ? LABELS.title : name);
const HOURS = ["due", "received", "returnBefore"] as const;

type Draft = Readonly<Record<(typeof SHORT)[number] | (typeof HOURS)[number], string>> & {
  readonly authority: string | null;
  readonly outsideNo: string;
  readonly demand: string;
  readonly ontoCase: string;
  readonly category: string | null;
};
const EMPTY: Draft = {
  authority: null,
  outsideNo: "",
  demand: "",
  ontoCase: "",
  category: null,
  title: "",
  requirement: "",
  urgency: "",
  address: "",
  callerName: "",
  callerNumber: "",
  accountNo: "",
  due: "",
  received: "",
  returnBefore: "",
};

/** Null while something is lacking that an order must have. */
const orderOf = (draft: Draft): Body<"post", "/referrals"> | null => {
  const dueAt = instantOfWallTime(draft.due);
  const outsideNo = draft.outsideNo.trim();
  const demand = draft.demand.trim();
  if (draft.authority === null || outsideNo === "" || demand === "" || dueAt === undefined) return null;
  const given = SHORT.flatMap((name) => {
    const text = draft[name].trim();
    return text === "" ? [] : [[name, text] as const];
  });
  const receivedAt = instantOfWallTime(draft.received);
  const returnBefore = instantOfWallTime(draft.returnBefore);
  const ticketNo = draft.ontoCase.normalize("NFKC").trim();
  return {
    authority: draft.authority,
    outsideNo,
    demand,
    dueAt,
    ...Object.fromEntries(given),
    ...(draft.category === null ? {} : { category: draft.category }),
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(returnBefore === undefined ? {} : { returnBefore }),
    ...(ticketNo === "" ? {} : { ticketNo }),
  };
};

type Part = { readonly draft: Draft; readonly keep: (change: Partial<Draft>) => unknown };

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className={`${styles["row"]} ${styles["top"]}`}>
    <span className={styles["label"]}>{label}</span>
    {children}
  </div>
);

const WhatIsOrdered = ({ draft, keep }: Part) => {
  const t = referralWords.useWords();
  const c = caseWords.useWords();
  const { authorities, error } = useAuthorities();
  return (
    <>
      <Row label={t("authority")}>
        <Select<string>
          autoFocus
          aria-label={t("authority")}
          placeholder={t("authority")}
          value={draft.authority}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(authority) => keep({ authority })}
          options={authorities.map(({ code, name, nameEn }) => ({
            value: code,
            label: language() === "en" ? nameEn : name,
          }))}
        />
      </Row>
      <Problem error={error} />
      <Row label={t("outsideNo")}>
        <Input
          aria-label={t("outsideNo")}
          maxLength={60}
          value={draft.outsideNo}
          onChange={(event) => keep({ outsideNo: event.target.value })}
        />
      </Row>
      <Row label={t("demand")}>
        <Input.TextArea
          aria-label={t("demand")}
          rows={4}
          maxLength={4000}
          value={draft.demand}
          onChange={(event) => keep({ demand: event.target.value })}
        />
      </Row>
      {HOURS.map((name) => (
        <Row key={name} label={t(name)}>
          <input
            type="datetime-local"
            className={styles["hour"]}
            aria-label={t(name)}
            value={draft[name]}
            onChange={(event) => keep({ [name]: event.target.value })}
          />
        </Row>
      ))}
      <Row label={c("category")}>
        <CategorySelect value={draft.category} choose={(category) => keep({ category })} />
      </Row>
    </>
  );
};

const WhoAndWhere = ({ draft, keep }: Part) => {
  const t = referralWords.useWords();
  return (
    <>
      {SHORT.map((name) => (
        <Row key={name} label={t(labelOf(name))}>
          <Input
            aria-label={t(labelOf(name))}
            maxLength={name === "requirement" ? 1000 : 200}
            autoComplete="off"
            value={draft[name]}
            onChange={(event) => keep({ [name]: event.target.value })}
          />
        </Row>
      ))}
      <Row label={t("ontoCase")}>
        <Input
          aria-label={t("ontoCase")}
          maxLength={20}
          autoComplete="off"
          value={draft.ontoCase}
          onChange={(event) => keep({ ontoCase: event.target.value })}
        />
      </Row>
    </>
  );
};

export const NewReferral = () => {
  const t = referralWords.useWords();
  const navigate = useNavigate();
  const intent = useIntent<Draft>("referral-new", EMPTY);
  const { content: draft, change: keep } = intent;
  const order = orderOf(draft);
  const take = async (): Promise<void> => {
    if (order === null) return;
    const answer = await intent.send((_, key) =>
      call.POST("/referrals", { params: { header: { "Idempotency-Key": key } }, body: order }),
    );
    if (answer?.data === undefined) return;
    void forgetReferrals();
    const { id, ticketNo } = answer.data;
    // Known, and outside the own areas: there is nothing to be shown.
    if (ticketNo === null) void navigate({ to: "/referrals", search: {} });
    else void navigate({ to: "/referrals/$id", params: { id } });
  };
  useShortcut("$mod+Enter", t("take"), () => void take());
  return (
    <>
      <PageBar title={t("new")} />
      <div className={styles["halves"]}>
        <section
          className={`${styles["panel"]} ${styles["form"]} ${styles["roomy"]}`}
          aria-label={t("order")}
        >
          <WhatIsOrdered draft={draft} keep={keep} />
        </section>
        <section
          className={`${styles["panel"]} ${styles["form"]} ${styles["roomy"]}`}
          aria-label={t("address")}
        >
          <WhoAndWhere draft={draft} keep={keep} />
          <IntentProblem intent={intent} />
          <div className={styles["actions"]}>
            <Button
              type="primary"
              disabled={order === null}
              loading={intent.isSending}
              onClick={() => void take()}
            >
              {t("take")} (Ctrl+Enter)
            </Button>
          </div>
        </section>
      </div>
    </>
  );
};
