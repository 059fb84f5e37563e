/** Whose money it may be: households near the number and the amount with score and reasons, and a search by hand. */
import { Input, type InputRef } from "antd";
import { type Ref, useState } from "react";
import { api } from "#web/api/client.ts";
import { yuan } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import type { About } from "./deeds.ts";
import styles from "./finance.module.css";
import { work } from "./words-work.ts";

export type Chosen = { readonly accountNo: string; readonly why: string };

type Shown = {
  readonly accountNo: string;
  readonly address: string;
  readonly facts: string;
  readonly why: string;
};

const Choice = ({ one, isChosen, choose }: { one: Shown; isChosen: boolean; choose: () => void }) => (
  <button type="button" role="radio" aria-checked={isChosen} className={styles["candidate"]} onClick={choose}>
    <strong>{one.accountNo}</strong>
    <span>{one.address}</span>
    <span>{one.facts}</span>
    {one.why === "" ? null : <small>{one.why}</small>}
  </button>
);

/** The candidates of a thing as the server scores them. */
export const useCandidates = (about: About, isOn: boolean) => {
  const ofBreak = api.useQuery(
    "get",
    "/bank-breaks/{id}/candidates",
    { params: { path: { id: about.breakId ?? "" } } },
    { enabled: isOn && about.itemId === null && about.breakId !== null },
  );
  const ofHeld = api.useQuery(
    "get",
    "/suspense/{id}/candidates",
    { params: { path: { id: about.itemId ?? "" } } },
    { enabled: isOn && about.itemId !== null },
  );
  return about.itemId === null ? ofBreak : ofHeld;
};

const useFound = (sought: string): { found: readonly Shown[]; error: unknown } => {
  const t = work.useWords();
  const { data, error } = api.useQuery(
    "post",
    "/search",
    { body: { q: sought, limit: 8 } },
    { enabled: sought.length >= 2, staleTime: 30_000 },
  );
  const found = (data?.groups ?? []).flatMap((group) =>
    group.kind === "accounts"
      ? group.items.map((item) => ({
          accountNo: item.accountNo,
          address: item.address,
          facts: t("chosenByHand"),
          why: "",
        }))
      : [],
  );
  return { found, error };
};

export const Candidates = ({
  query: { data, error, isPending },
  chosen,
  choose,
  findRef,
}: {
  query: ReturnType<typeof useCandidates>;
  chosen: string | undefined;
  choose: (chosen: Chosen) => void;
  findRef: Ref<InputRef>;
}) => {
  const t = work.useWords();
  const [typed, setTyped] = useState("");
  const { found, error: searchError } = useFound(typed.trim());
  const near = (data?.items ?? []).map((item) => ({
    accountNo: item.accountNo,
    address: item.address,
    facts: `${t("owes", { yuan: yuan(item.openFen) })} · ${t("score", { score: item.score })}`,
    why: item.reasons.map((reason) => t(`why.${reason}`)).join("，"),
  }));
  const shown = typed.trim() === "" ? near : found;
  return (
    <div className={styles["stack"]}>
      <label className={styles["field"]}>
        <span>{t("findLabel")}</span>
        <Input
          ref={findRef}
          allowClear
          value={typed}
          maxLength={60}
          autoComplete="off"
          onChange={({ target }) => setTyped(target.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key !== "Enter" || event.nativeEvent.isComposing || first === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            choose({ accountNo: first.accountNo, why: "" });
          }}
        />
      </label>
      <Problem error={error ?? searchError} />
      <div role="radiogroup" aria-label={t("candidates")} className={styles["stack"]}>
        {shown.map((one) => (
          <Choice
            key={one.accountNo}
            one={one}
            isChosen={one.accountNo === chosen}
            choose={() => choose({ accountNo: one.accountNo, why: one.why })}
          />
        ))}
        {shown.length > 0 ? null : (
          <span className={styles["quiet"]}>
            {isPending && typed === "" && error === null ? t("searching") : t("noCandidate")}
          </span>
        )}
      </div>
    </div>
  );
};
