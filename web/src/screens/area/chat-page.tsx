/**
 * A chat message becomes a case in two taps: paste it on the page of the day (or share it to this page), make it. The server guesses the
 * category.
 */
import { Link, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { takeCopy } from "#web/api/offline/copies.ts";
import { putOut } from "#web/api/offline/outbox.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { roomLeft } from "#web/words/room-left.ts";
import { language } from "#web/words/words.ts";
import styles from "./area.module.css";
import { DoingMark, LineState } from "./line-state.tsx";
import { CHAT, NO_CHAT } from "./paste-chat.tsx";
import { useCategories, usePhone } from "./use-day.ts";
import { day } from "./words-day.ts";
import { placeIn, places } from "./words-places.ts";
import { work } from "./words-work.ts";

type Made = { readonly ticketNo: string; readonly category: string };
const madeOf = (answer: unknown): Made | undefined => {
  const { ticketNo, category } = (answer ?? {}) as Partial<Made>;
  return typeof ticketNo === "string" && typeof category === "string" ? { ticketNo, category } : undefined;
};

const useCategoryName = (): ((code: string) => string) => {
  const read = useCategories();
  return (code) => {
    const found = read.data?.value.find((one) => one.code === code);
    return (language() === "en" ? found?.nameEn : found?.name) ?? code;
  };
};

const Result = ({ sentKey, again }: { sentKey: string; again: () => void }) => {
  const t = work.useWords();
  const d = day.useWords();
  const nameOf = useCategoryName();
  const { isRead, sent, waiting } = usePhone();
  const made = madeOf(sent.find(({ key }) => key === sentKey)?.answer);
  const mine = waiting.find(({ key }) => key === sentKey);
  return (
    <div className={styles["card"]} role="status">
      {made === undefined ? (
        <DoingMark
          doing={
            // Neither waiting nor noted: it went, and there was no room for the note.
            mine === undefined
              ? isRead && !sent.some(({ key }) => key === sentKey)
                ? { state: "done", label: "" }
                : undefined
              : { state: mine.refusal ? "refused" : "waiting", label: mine.label }
          }
        />
      ) : (
        <>
          <h2>{t("made", { no: made.ticketNo })}</h2>
          <p>{t("guessed", { category: nameOf(made.category) })}</p>
        </>
      )}
      <div className={styles["actions"]}>
        {made === undefined ? null : (
          <Link to="/tickets/$ticketNo" params={{ ticketNo: made.ticketNo }}>
            {d("fullCase")}
          </Link>
        )}
        <button type="button" onClick={again}>
          {t("another")}
        </button>
      </div>
    </div>
  );
};

const MOST = 2000;

export const ChatPage = () => {
  const t = work.useWords();
  const p = places.useWords();
  const r = roomLeft.useWords();
  const outbox = usePhone();
  const { draft, keep, clear } = useDraft(CHAT, NO_CHAT);
  const [sentKey, setSentKey] = useState<string>();
  const search = useSearch({ from: "/inside/my/chat" });
  const [isRefused, setRefused] = useState(search.paste === "refused");
  // The button and another app put in what they have: it stands there whole, and is shortened before it is sent.
  const isTooLong = draft.text.length > MOST;
  useEffect(() => {
    // What another app shared, which the worker put down.
    void takeCopy("shared").then((text) => (text === undefined ? undefined : keep({ text })));
  }, [keep]);
  const paste = (): void => {
    navigator.clipboard.readText().then(
      (text) => keep({ text }),
      () => setRefused(true),
    );
  };
  const make = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const text = draft.text.trim();
    if (text === "" || isTooLong) return;
    const accountNo = draft.accountNo.trim();
    const { addressText, callerNumber } = placeIn(text);
    const address = draft.address.trim();
    // A case stands somewhere: what was typed, what the message names, or the chat itself.
    const place =
      accountNo === ""
        ? { addressText: address === "" ? (addressText ?? p("nowhere")) : address }
        : { accountNo };
    const body = { channel: "chat", text, ...place, ...(callerNumber === undefined ? {} : { callerNumber }) };
    // Each message is about itself: none waits for another.
    const about = `chat:${crypto.randomUUID()}`;
    const key = await putOut({ kind: "case", about, label: t("chatLabel"), path: "/tickets/quick", body });
    if (key === undefined) return;
    setSentKey(key);
    clear();
  };
  return (
    <>
      <PageBar title={t("chat")} />
      <LineState outbox={outbox} />
      {sentKey === undefined ? (
        <form className={`${styles["card"]} ${styles["form"]}`} onSubmit={(event) => void make(event)}>
          <div className={styles["line"]}>
            <span className={`${styles["grow"]} ${styles["quiet"]}`}>{t("chatHint")}</span>
            <button type="button" className={styles["touch"]} onClick={paste}>
              {t("paste")}
            </button>
          </div>
          {isRefused ? <span className={styles["bad"]}>{t("pasteRefused")}</span> : null}
          <label>
            {t("text")}
            <textarea
              value={draft.text}
              maxLength={MOST}
              required
              onChange={(event) => keep({ text: event.target.value })}
            />
          </label>
          {isTooLong ? (
            <span role="alert" className={styles["bad"]}>
              {r("over", { length: draft.text.length, most: MOST })}
            </span>
          ) : null}
          <label>
            {p("address")}
            <input
              value={draft.address}
              maxLength={200}
              placeholder={placeIn(draft.text).addressText ?? ""}
              onChange={(event) => keep({ address: event.target.value })}
            />
          </label>
          <label>
            {t("account")}
            <input
              value={draft.accountNo}
              maxLength={32}
              onChange={(event) => keep({ accountNo: event.target.value })}
            />
          </label>
          <button type="submit" disabled={draft.text.trim() === "" || isTooLong}>
            {t("makeCase")}
          </button>
        </form>
      ) : (
        <Result sentKey={sentKey} again={() => setSentKey(undefined)} />
      )}
    </>
  );
};
