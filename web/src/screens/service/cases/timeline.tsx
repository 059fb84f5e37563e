/** Everything that happened to a case, the latest first, and adding to it. */
import { Link } from "@tanstack/react-router";
import { Button, Checkbox, Input, Select } from "antd";
import { type RefObject, useRef } from "react";
import { api, call } from "#web/api/client.ts";
import type { TextAreaRef } from "antd/es/input/TextArea";
import type { Body } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useIsPhone } from "#web/furniture/use-is-phone.ts";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { tenthsOf } from "#web/furniture/temperatures.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import { Who } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { type CodeWord, useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { ticketWords } from "../words-ticket.ts";
import styles from "./cases.module.css";
import { usePauseReasons } from "./pause-reasons.ts";
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
  /** Of a visit or a slip: who was there, as login, and when, as it is typed. */
  readonly login: string | null;
  readonly thereAt: string;
};
const EMPTY_NOTE: Note = {
  kind: "note",
  text: "",
  finished: true,
  celsius: "",
  login: null,
  thereAt: "",
};
type AboutNote = { readonly draft: Note; readonly keep: (change: Partial<Note>) => void };

/** Who was at the home, and when: the one who has the case stands first. */
const WhoWasThere = ({ ticketNo, draft, keep }: AboutNote & { ticketNo: string }) => {
  const t = ticketWords.useWords();
  const { data, error } = api.useQuery("get", "/tickets/{ticketNo}/visitors", {
    params: { path: { ticketNo } },
  });
  return (
    <>
      <Select<string>
        aria-label={t("there")}
        placeholder={t("there")}
        value={draft.login}
        onChange={(login) => keep({ login })}
        showSearch={{ optionFilterProp: "label" }}
        options={(data?.items ?? []).map(({ login, name }) => ({ value: login, label: name }))}
        popupMatchSelectWidth={false}
        className={styles["who"] ?? ""}
      />
      <input
        type="datetime-local"
        className={styles["hour"]}
        aria-label={t("thereAt")}
        value={draft.thereAt}
        onChange={(event) => keep({ thereAt: event.target.value })}
      />
      <Problem error={error} />
    </>
  );
};

/** What the server is asked to enter; undefined while something is still to be filled in. */
const entryOf = (draft: Note): Body<"post", "/tickets/{ticketNo}/entries"> | undefined => {
  const { kind, finished, login } = draft;
  const text = draft.text.trim();
  if (text === "") return undefined;
  if (kind === "note" || kind === "call-back") return { kind, text, finished };
  const at = instantOfWallTime(draft.thereAt);
  if (login === null || at === undefined) return undefined;
  const visit = { kind, text, finished, there: { login, at } };
  if (kind === "visit") return visit;
  const deciCelsius = tenthsOf(draft.celsius);
  return deciCelsius === undefined ? undefined : { ...visit, deciCelsius };
};

const AddNote = ({ ticketNo, input }: { ticketNo: string; input: RefObject<TextAreaRef | null> }) => {
  const t = ticketWords.useWords();
  const isPhone = useIsPhone();
  const intent = useIntent<Note>(`note-${ticketNo}`, EMPTY_NOTE);
  const { content: draft, change: keep } = intent;
  const isSlip = draft.kind === "slip";
  const isLacking = entryOf(draft) === undefined;
  const add = async (): Promise<void> => {
    if (isLacking) return;
    const answer = await intent.send(async (content, key) => {
      const body = entryOf(content);
      if (body === undefined) return;
      await call.POST("/tickets/{ticketNo}/entries", {
        params: { path: { ticketNo }, header: { "Idempotency-Key": key } },
        body,
      });
      return true;
    });
    if (answer !== undefined) void forgetTicket();
  };
  return (
    <div className={styles["form"]}>
      <Input.TextArea
        ref={input}
        aria-label={t("note")}
        placeholder={isPhone ? t("note") : `${t("note")} (m)`}
        value={draft.text}
        maxLength={2000}
        rows={1}
        onChange={(event) => keep({ text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void add();
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
        {isSlip || draft.kind === "visit" ? (
          <WhoWasThere ticketNo={ticketNo} draft={draft} keep={keep} />
        ) : null}
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
        <Button disabled={isLacking} loading={intent.isSending} onClick={() => void add()}>
          {isPhone ? t("addNote") : `${t("addNote")} (Ctrl+Enter)`}
        </Button>
      </div>
      <IntentProblem intent={intent} />
    </div>
  );
};

const codeOf = ({ details }: Entry, name: string): string | null => {
  const value = details[name];
  return typeof value === "string" ? value : null;
};

/** What the household said when it was asked, or why nobody was. */
const askedIn = (entry: Entry, word: CodeWord, t: ReturnType<typeof ticketWords.useWords>): string => {
  const { solved, satisfaction } = entry.details;
  if (entry.kind !== "return-visit") return "";
  return [
    solved === true ? t("solved") : solved === false ? t("notSolved") : "",
    typeof satisfaction === "number" ? `${t("satisfaction")} ${satisfaction}/5` : "",
    entry.details["reached"] === false
      ? `${t("unreachable")} ${word("attempt", codeOf(entry, "result"))}`.trim()
      : "",
  ]
    .filter((part) => part !== "")
    .join(" · ");
};

const codesIn = (entry: Entry, word: CodeWord): string => {
  const code = (name: string): string | null => codeOf(entry, name);
  return [word("ticket", code("to")), word("level", code("level")), word("role", code("role"))]
    .filter((part) => part !== "")
    .join(" · ");
};

/** Who was at the home; null where nobody is said to have been. */
const thereIn = ({ details }: Entry): { readonly name: string; readonly at: string } | null => {
  const { there } = details;
  if (typeof there !== "object" || there === null) return null;
  const { name, at } = there as { readonly name?: unknown; readonly at?: unknown };
  return typeof name === "string" && typeof at === "string" ? { name, at: dateTime(at) } : null;
};

/** Of a visit: whether the work was done, as whoever was there said. */
const outcomeIn = ({ kind, details }: Entry): "visitDone" | "visitAgain" | null => {
  if (kind !== "visit" || typeof details["finished"] !== "boolean") return null;
  return details["finished"] ? "visitDone" : "visitAgain";
};

const Line = ({ entry, ticketNo }: { entry: Entry; ticketNo: string }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const kind = `kind.${entry.kind}`;
  const said = language() === "en" ? (entry.textEn ?? entry.text) : entry.text;
  const pause = codeOf(entry, "pauseReason");
  const reasons = usePauseReasons(pause !== null);
  // The program writes no words where codes say it; a change of state is both, what it became and what was said about it.
  const isState = codeOf(entry, "to") !== null && entry.kind === "state";
  const text = [
    said === "" || isState ? codesIn(entry, word) : "",
    reasons.find(({ code }) => code === pause)?.name ?? "",
    said,
  ]
    .filter((part) => part !== "")
    .join(" · ");
  const there = thereIn(entry);
  const outcome = outcomeIn(entry);
  const [, thing, id] = /^(file|incident|referral):(\d+)$/.exec(entry.ref ?? "") ?? [];
  return (
    <li>
      <span className={styles["quiet"]}>{dateTime(entry.at)}</span>
      <span>{isKind(kind) ? t(kind) : entry.kind}</span>
      <span className={styles["said"]}>
        {entry.ticketNo === ticketNo ? null : <Mark>{entry.ticketNo}</Mark>}
        {there === null ? null : <Mark>{t("wasThere", there)}</Mark>}{" "}
        {outcome === null ? null : <Mark>{t(outcome)}</Mark>} {askedIn(entry, word, t)} {text}{" "}
        {thing !== "file" ? null : (
          <a href={`/api/v1/tickets/${entry.ticketNo}/attachments/${id}`} download>
            {t("save")}
          </a>
        )}
        {thing === "incident" && id !== undefined ? (
          <Link to="/incidents/$id" params={{ id }}>
            {t("look")}
          </Link>
        ) : null}
        {thing === "referral" && id !== undefined ? (
          <Link to="/referrals/$id" params={{ id }}>
            {t("look")}
          </Link>
        ) : null}
      </span>
      <span className={styles["quiet"]}>
        <Who login={entry.by} name={entry.byName} />
      </span>
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
