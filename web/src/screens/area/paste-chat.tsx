/** On the page of the day: what was copied in a chat is pasted, and the page that makes a case of it opens, in one press. */
import { useNavigate } from "@tanstack/react-router";
import { useDraft } from "#web/furniture/use-draft.ts";
import styles from "./area.module.css";
import { work } from "./words-work.ts";

/** The draft of a case that is made of a message. */
export const CHAT = "chat";
export const NO_CHAT = { text: "", accountNo: "", address: "" };

export const PasteChat = () => {
  const t = work.useWords();
  const navigate = useNavigate();
  const { draft, keep } = useDraft(CHAT, NO_CHAT);
  const paste = async (): Promise<void> => {
    let copied: string;
    try {
      copied = await navigator.clipboard.readText();
    } catch {
      await navigate({ to: "/my/chat", search: { paste: "refused" } });
      return;
    }
    // What was begun before stands above it.
    const begun = draft.text.trim();
    keep({ text: begun === "" || begun === copied.trim() ? copied : `${begun}\n${copied}` });
    await navigate({ to: "/my/chat" });
  };
  return (
    <button type="button" className={styles["touch"]} onClick={() => void paste()}>
      {t("pasteCase")}
    </button>
  );
};
