/** Finds whose money it is: a card or an account number at once, anything else by a list to choose from. */
import { Button, Input, type InputRef } from "antd";
import { type KeyboardEvent, type RefObject, useRef, useState } from "react";
import { api } from "#web/api/client.ts";
import { ApiProblem } from "#web/api/problem.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./counter.module.css";
import { words } from "./words.ts";

type Props = {
  readonly input: RefObject<InputRef | null>;
  /** Takes the home; refused with `ApiProblem` when there is none with this number. */
  readonly take: (accountNo: string) => Promise<void>;
  readonly isBusy: boolean;
};

/** So many are listed; whether there are more is asked with one more. */
const SHOWN = 8;
const ACCOUNT_NO = /^[0-9A-Za-z-]{6,32}$/;

const moveFocus = (event: KeyboardEvent<HTMLElement>): void => {
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (step === undefined) return;
  const all = [...(event.currentTarget.closest("ul")?.querySelectorAll<HTMLElement>("button") ?? [])];
  all[all.indexOf(event.currentTarget) + step]?.focus();
  event.preventDefault();
};

export const FindHome = ({ input, take, isBusy }: Props) => {
  const t = words.useWords();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const list = useRef<HTMLUListElement>(null);
  const search = api.useMutation("post", "/search");
  const found = search.data?.groups.flatMap((group) => (group.kind === "accounts" ? group.items : [])) ?? [];

  const choose = async (accountNo: string): Promise<void> => {
    try {
      setProblem(null);
      await take(accountNo);
      setTyped("");
      search.reset();
      input.current?.focus();
    } catch (error) {
      setProblem(error);
    }
  };
  const look = async (): Promise<void> => {
    const q = typed.normalize("NFKC").trim();
    if (q === "") return;
    if (ACCOUNT_NO.test(q)) {
      try {
        setProblem(null);
        await take(q);
        setTyped("");
        search.reset();
        return;
      } catch (error) {
        // A number that is no account may be a card, an old number or a phone: the search box knows them.
        if (!(error instanceof ApiProblem) || error.facts.status !== 404) {
          setProblem(error);
          return;
        }
      }
    }
    const { groups } = await search.mutateAsync({ body: { q, limit: SHOWN + 1 } });
    const homes = groups.flatMap((group) => (group.kind === "accounts" ? group.items : []));
    const [only] = homes;
    if (homes.length === 1 && only !== undefined) await choose(only.accountNo);
  };
  return (
    <div>
      <Input
        ref={input}
        autoFocus
        aria-label={t("findLabel")}
        placeholder={t("find")}
        value={typed}
        maxLength={80}
        size="middle"
        disabled={isBusy}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={(event) => {
          // With Ctrl it is the key that takes the money.
          if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          void look().catch(() => undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") list.current?.querySelector("button")?.focus();
        }}
      />
      <Problem error={problem ?? search.error} />
      {search.isSuccess && found.length === 0 ? <p className={styles["note"]}>{t("nobody")}</p> : null}
      {found.length > 1 ? (
        <ul className={styles["found"]} ref={list}>
          {found.slice(0, SHOWN).map((home) => (
            <li key={home.accountNo}>
              <Button type="text" block onKeyDown={moveFocus} onClick={() => void choose(home.accountNo)}>
                {home.accountNo} · {home.community} {home.building} {home.address} ·{" "}
                {home.people.map(({ name }) => name).join(" ")}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {found.length > SHOWN ? <p className={styles["note"]}>{t("moreFound", { shown: SHOWN })}</p> : null}
    </div>
  );
};
