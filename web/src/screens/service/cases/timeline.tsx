/** Everything that happened to a case, the latest first, and adding to it. */
import { Button, Checkbox, Input, Select } from "antd";
import { type RefObject, useRef } from "react";
import { api } from "#web/api/client.ts";
import type { TextAreaRef } from "antd/es/input/TextArea";
import type { Body } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { tenthsOf } from "#web/furniture/temperatures.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useMay } from "#web/shell/session.ts";
import { type CodeWord, useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { ticketWords } from "../words-ticket.ts";
import styles from "./cases.module.css";
import { forgetTicket, type Ticket } from "./use-ticket.ts";

type Entry = Ticket["timeline"][number];
type KindKey = Extract<keyof (typeof ticketWords.texts)["zh-CN"], `kind.${string}`>;
const isKind = (key: string): key is KindKey => key in ticketWords.texts["zh-CN"];

const NOTE_KINDS = ["note", "call-back", "visit", "slip"] as const;
type NoteKind = Body<"post", "/tickets/{ticketNo}/entries">["kind"];
type Note = {
  readonly kind: NoteKind;
  readonly text: string;
  readonly finished: boolean;
  readonly celsius: string;
};
const EMPTY_NOTE: Note = { kind: "note", text: "", finished: true, celsius: "" };

const AddNote = ({ ticketNo, input }: { ticketNo: string; input: RefObject<TextAreaRef | null> }) => {
  const t = ticketWords.useWords();
  const { draft, keep, clear } = useDraft<Note>(`note-${ticketNo}`, EMPTY_NOTE);
  const send = api.useMutation("post", "/tickets/{ticketNo}/entries");
  const isSlip = draft.kind === "slip";
  const deciCelsius = isSlip ? tenthsOf(draft.celsius) : undefined;
  const isLacking = draft.text.trim() === "" || (isSlip && deciCelsius === undefined);
  const add = (): void => {
    if (isLacking || send.isPending) return;
    send.mutate(
      {
        params: { path: { ticketNo } },
        body: {
          kind: draft.kind,
          text: draft.text.trim(),
          finished: draft.finished,
          ...(deciCelsius === undefined ? {} : { deciCelsius }),
        },
      },
      {
        onSuccess: () => {
          clear();
          void forgetTicket();
        },
      },
    );
  };
  return (
    <div className={styles["form"]}>
      <Input.TextArea
        ref={input}
        aria-label={t("note")}
        placeholder={`${t("note")} (m)`}
        value={draft.text}
        maxLength={2000}
        rows={1}
        onChange={(event) => keep({ text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) add();
        }}
      />
      <div className={styles["actions"]}>
        <Select
          aria-label={t("noteKind")}
          value={draft.kind}
          onChange={(kind) => keep({ kind })}
          options={NOTE_KINDS.map((kind) => ({ value: kind, label: t(`entry.${kind}`) }))}
          popupMatchSelectWidth={false}
        />
        {draft.kind === "note" ? null : (
          <Checkbox checked={draft.finished} onChange={(event) => keep({ finished: event.target.checked })}>
            {t("finished")}
          </Checkbox>
        )}
        {isSlip ? (
          <Input
            aria-label={t("celsius")}
            placeholder={t("celsius")}
            value={draft.celsius}
            inputMode="decimal"
            maxLength={6}
            className={styles["short"] ?? ""}
            onChange={(event) => keep({ celsius: event.target.value })}
          />
        ) : null}
        <Button disabled={isLacking} loading={send.isPending} onClick={add}>
          {t("addNote")} (Ctrl+Enter)
        </Button>
      </div>
      <Problem error={send.error} />
    </div>
  );
};

const codesIn = ({ details }: Entry, word: CodeWord): string => {
  const code = (name: string): string | null => {
    const value = details[name];
    return typeof value === "string" ? value : null;
  };
  return [word("ticket", code("to")), word("level", code("level")), word("role", code("role"))]
    .filter((part) => part !== "")
    .join(" · ");
};

const Line = ({ entry, ticketNo }: { entry: Entry; ticketNo: string }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const kind = `kind.${entry.kind}`;
  const said = language() === "en" ? (entry.textEn ?? entry.text) : entry.text;
  // The program writes no words where codes say it.
  const text = said === "" ? codesIn(entry, word) : said;
  const file = /^file:(\d+)$/.exec(entry.ref ?? "")?.[1];
  return (
    <li>
      <span className={styles["quiet"]}>{dateTime(entry.at)}</span>
      <span>{isKind(kind) ? t(kind) : entry.kind}</span>
      <span className={styles["said"]}>
        {entry.ticketNo === ticketNo ? null : <Mark>{entry.ticketNo}</Mark>}
        {text}{" "}
        {file === undefined ? null : (
          <a href={`/api/v1/tickets/${entry.ticketNo}/attachments/${file}`} download>
            {t("save")}
          </a>
        )}
      </span>
      <span className={styles["quiet"]}>{entry.by.startsWith("subscriber:") ? t("system") : entry.by}</span>
    </li>
  );
};

export const Timeline = ({ ticket }: { ticket: Ticket }) => {
  const t = ticketWords.useWords();
  const may = useMay();
  const input = useRef<TextAreaRef>(null);
  useShortcut("m", t("note"), () => input.current?.focus(), may("ticket.write"));
  return (
    <section className={styles["panel"]} aria-label={t("timeline")}>
      <h2>{t("timeline")}</h2>
      {may("ticket.write") ? <AddNote ticketNo={ticket.ticketNo} input={input} /> : null}
      {ticket.timeline.length === 0 ? (
        <Empty text={t("noTimeline")} />
      ) : (
        <ol className={styles["timeline"]}>
          {ticket.timeline.map((entry) => (
            <Line key={entry.id} entry={entry} ticketNo={ticket.ticketNo} />
          ))}
        </ol>
      )}
    </section>
  );
};
