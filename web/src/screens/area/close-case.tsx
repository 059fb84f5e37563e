/** A case closed where its work was done. With a line: whether it may be closed is the server's word. */
import type { FormEvent } from "react";
import { api, forget } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useCodes } from "#web/words/codes.ts";
import styles from "./area.module.css";
import type { DayCase } from "./use-day.ts";
import { outcomes } from "#web/words/outcomes.ts";

const CLASSES = ["solved", "explained"] as const;
/** What the table of the case takes a closing from. */
const CLOSED_FROM: ReadonlySet<string> = new Set(["accepted", "working", "resolved"]);

type Closing = { readonly closingClass: (typeof CLASSES)[number]; readonly text: string };

const CloseForm = ({ one }: { one: DayCase }) => {
  const t = outcomes.useWords();
  const code = useCodes();
  const { draft, keep, clear } = useDraft<Closing>(`close-${one.ticketNo}`, {
    closingClass: "solved",
    text: "",
  });
  const send = api.useMutation("post", "/tickets/{ticketNo}/close");
  const text = draft.text.trim();
  const isLacking = draft.closingClass === "explained" && text === "";
  const close = (event: FormEvent): void => {
    event.preventDefault();
    if (isLacking || send.isPending) return;
    send.mutate(
      {
        params: { path: { ticketNo: one.ticketNo }, header: { "If-Match": `"${one.version}"` } },
        body: { closingClass: draft.closingClass, ...(text === "" ? {} : { text }) },
      },
      {
        onSuccess: () => {
          clear();
          void forget("/my-day", "/tickets", "/tickets/{ticketNo}");
        },
        onError: () => void forget("/my-day"),
      },
    );
  };
  return (
    <form className={styles["form"]} onSubmit={close} aria-label={t("close")}>
      <div className={styles["tabs"]} role="group" aria-label={t("close")}>
        {CLASSES.map((closingClass) => (
          <button
            key={closingClass}
            type="button"
            aria-pressed={draft.closingClass === closingClass}
            onClick={() => keep({ closingClass })}
          >
            {code("closing", closingClass)}
          </button>
        ))}
      </div>
      <label>
        {t("closeHow")}
        <textarea
          value={draft.text}
          maxLength={1000}
          required={draft.closingClass === "explained"}
          onChange={(event) => keep({ text: event.target.value })}
        />
      </label>
      <Problem error={send.error} />
      <button type="submit" disabled={isLacking || send.isPending}>
        {t("close")}
      </button>
    </form>
  );
};

export const CloseCase = ({ one }: { one: DayCase }) => {
  const t = outcomes.useWords();
  const may = useMay();
  if (!may("ticket.close")) return null;
  return (
    <section className={styles["card"]} aria-label={t("close")}>
      <h2>{t("close")}</h2>
      {CLOSED_FROM.has(one.state) ? (
        <CloseForm one={one} />
      ) : (
        <p className={styles["quiet"]}>{t("closeLater")}</p>
      )}
    </section>
  );
};
