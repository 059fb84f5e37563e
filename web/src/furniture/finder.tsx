/** The search box: one line, groups under it, chosen by arrows and Enter or by a click. Silent while an input method composes. */
import { type KeyboardEvent, type Ref, useEffect, useId, useState } from "react";
import { finderWords } from "#web/words/finder.ts";
import { type Hit, type HitKind, useHits } from "./finder-hits.ts";
import styles from "./finder.module.css";
import { Problem } from "./problem.tsx";
import { useSettled } from "./use-settled.ts";

type Props = {
  readonly pick: (hit: Hit) => void;
  /** Only these groups are shown. */
  readonly kinds?: readonly HitKind[];
  readonly label?: string;
  readonly placeholder?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly autoFocus?: boolean;
  /** Typed already. */
  readonly first?: string;
};

/** For a further key: short enough that the answer stands within a tenth of a second of the last one. */
const WAIT_MS = 60;

type Choosing = {
  readonly typed: string;
  readonly type: (text: string) => void;
  readonly pick: (hit: Hit) => void;
  readonly kinds: readonly HitKind[] | undefined;
};

/** What is found for what is typed, which line is marked, and what Enter does, also when it comes before the answer. */
const useChoice = ({ typed, type, pick, kinds }: Choosing) => {
  const asked = typed.normalize("NFKC").trim();
  const stood = useSettled(asked, WAIT_MS);
  const settled = asked === "" ? "" : stood;
  const found = useHits(settled, kinds);
  const hits = found.groups.flatMap((group) => group.hits);
  const isReady = settled === asked && !found.isReading;
  const [marked, setMarked] = useState(0);
  const [waits, setWaits] = useState(false);
  useEffect(() => setMarked(0), [settled]);
  const choose = (hit: Hit): void => {
    setWaits(false);
    if (hit.instead === undefined) pick(hit);
    else type(`${hit.instead} `);
  };
  const first = hits[marked] ?? hits[0];
  useEffect(() => {
    if (!waits || !isReady) return;
    setWaits(false);
    if (first !== undefined) choose(first);
    // Enter came before the answer: it is for the first line of that answer.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [waits, isReady]);
  const enter = (): void => {
    if (asked === "") return;
    if (!isReady) setWaits(true);
    else if (first !== undefined) choose(first);
  };
  const move = (by: number): void => setMarked((at) => Math.max(0, Math.min(hits.length - 1, at + by)));
  return { ...found, asked, isReady, marked: hits[marked], hits, choose, enter, move, setWaits };
};

export const Finder = ({ pick, kinds, label, placeholder, inputRef, autoFocus, first = "" }: Props) => {
  const t = finderWords.useWords();
  const id = useId();
  const [typed, setTyped] = useState(first);
  const [open, setOpen] = useState(false);
  const choice = useChoice({
    typed,
    type: setTyped,
    kinds,
    pick: (hit) => {
      setOpen(false);
      setTyped("");
      pick(hit);
    },
  });
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown") choice.move(1);
    else if (event.key === "ArrowUp") choice.move(-1);
    else if (event.key === "Enter") choice.enter();
    else if (event.key === "Escape") {
      if (!open || typed === "") event.currentTarget.blur();
      setTyped("");
      setOpen(false);
    } else return;
    event.preventDefault();
  };
  const isShown = open && choice.asked !== "";
  return (
    <div className={styles["finder"]}>
      <input
        {...(inputRef === undefined ? {} : { ref: inputRef })}
        type="text"
        className={styles["box"]}
        autoFocus={autoFocus ?? false}
        value={typed}
        role="combobox"
        aria-label={label ?? t("label")}
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && choice.marked ? `${id}-${choice.marked.key}` : undefined}
        placeholder={placeholder ?? t("placeholder")}
        autoComplete="off"
        spellCheck={false}
        maxLength={80}
        onChange={(event) => {
          choice.setWaits(false);
          setTyped(event.target.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <div
        className={isShown ? styles["list"] : styles["closed"]}
        id={`${id}-list`}
        role="listbox"
        aria-label={t("label")}
      >
        {choice.groups.map((group) => (
          <div key={group.kind} role="group" aria-label={t(group.kind)}>
            <div className={styles["group"]} role="presentation">
              {t(group.kind)}
            </div>
            {group.hits.map((hit) => (
              <div
                key={hit.key}
                id={`${id}-${hit.key}`}
                role="option"
                tabIndex={-1}
                aria-selected={hit === choice.marked}
                className={hit === choice.marked ? `${styles["hit"]} ${styles["marked"]}` : styles["hit"]}
                // Before the box loses the focus and closes the list.
                onMouseDown={(event) => {
                  event.preventDefault();
                  choice.choose(hit);
                }}
              >
                <strong>{hit.title}</strong>
                <span className={styles["detail"]}>{hit.detail}</span>
                <span className={styles["note"]}>{hit.note}</span>
              </div>
            ))}
          </div>
        ))}
        {choice.hits.length > 0 ? null : (
          <div className={styles["nothing"]} role="option" tabIndex={-1} aria-selected={false} aria-disabled>
            {t(choice.isReady ? "nothing" : "searching")}
          </div>
        )}
        {isShown ? <Problem error={choice.error} /> : null}
      </div>
    </div>
  );
};
