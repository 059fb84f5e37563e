/** What a command asks for. What was typed stays until it is done. */
import { Form, Input, Modal, Radio, Select } from "antd";
import { api } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { useMutation } from "@tanstack/react-query";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDialogShortcut } from "#web/furniture/shortcuts.ts";
import { tellUndo } from "#web/furniture/undo.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { whoText } from "#web/furniture/who.tsx";
import { useCodes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { SEVERITIES } from "#web/words/severities.ts";
import { ticketWords } from "../words-ticket.ts";
import { useCategories } from "./categories.ts";
import { CategorySelect } from "./category-select.tsx";
import styles from "./cases.module.css";
import {
  type Command,
  type CommandDraft,
  correctionOf,
  emptyCommand,
  lacks,
  overtakenIn,
  runCommand,
} from "./commands.ts";
import { usePauseReasons } from "./pause-reasons.ts";
import { softOf, takeBack } from "./take-back.ts";
import { forgetTicket, type Ticket } from "./use-ticket.ts";

type Part = { readonly draft: CommandDraft; readonly keep: (change: Partial<CommandDraft>) => void };
const named = ({ name, nameEn }: { name: string; nameEn: string }): string =>
  language() === "en" ? nameEn : name;

const PauseReason = ({ draft, keep }: Part) => {
  const t = ticketWords.useWords();
  const reasons = usePauseReasons();
  return (
    <Select<string>
      aria-label={t("pauseReason")}
      placeholder={t("pauseReason")}
      value={draft.pauseReason}
      onChange={(pauseReason) => keep({ pauseReason })}
      options={reasons.filter(({ active }) => active).map(({ code, name }) => ({ value: code, label: name }))}
    />
  );
};

const ReturnReason = ({ draft, keep }: Part) => {
  const t = ticketWords.useWords();
  const { data } = api.useQuery("get", "/routing/return-reasons", {}, { staleTime: 600_000 });
  return (
    <Select<string>
      aria-label={t("returnReason")}
      placeholder={t("returnReason")}
      value={draft.returnReason}
      onChange={(returnReason) => keep({ returnReason })}
      options={(data?.reasons ?? [])
        .filter(({ active }) => active)
        .map((row) => ({ value: row.code, label: named(row) }))}
    />
  );
};

const Closing = ({ draft, keep }: Part) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  return (
    <Radio.Group
      aria-label={t("closingClass")}
      value={draft.closingClass}
      onChange={(event) =>
        keep({ closingClass: event.target.value === "explained" ? "explained" : "solved" })
      }
    >
      <Radio value="solved">{word("closing", "solved")}</Radio>
      <Radio value="explained">{word("closing", "explained")}</Radio>
    </Radio.Group>
  );
};

const LINKS = ["related", "done-again", "caused-by"] as const;

const Other = ({ draft, keep, label, kinds }: Part & { label: string; kinds: boolean }) => {
  const t = ticketWords.useWords();
  return (
    <>
      <Input
        aria-label={label}
        placeholder={label}
        value={draft.other}
        maxLength={30}
        autoComplete="off"
        onChange={(event) => keep({ other: event.target.value })}
      />
      {kinds ? (
        <Select
          aria-label={t("linkKind")}
          value={draft.linkKind}
          onChange={(linkKind) => keep({ linkKind })}
          options={LINKS.map((kind) => ({ value: kind, label: t(`link.${kind}`) }))}
        />
      ) : null}
    </>
  );
};

const LEVELS = ["area", "branch", "company"] as const;
const PRECEDENTS = ["building", "community", "station"] as const;

/** Whoever is given a case: the role at that level; which person of it has it follows from duty. */
const Ruling = ({ draft, keep }: Part) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const { data } = api.useQuery("get", "/routing/roles", {}, { staleTime: 600_000 });
  return (
    <Form layout="vertical" component="div">
      <Form.Item label={t("role")} htmlFor="ruling-role" extra={t("rulingHint")}>
        <Select<string>
          id="ruling-role"
          aria-label={t("role")}
          placeholder={t("role")}
          value={draft.role}
          onChange={(role) => keep({ role })}
          options={(data?.roles ?? []).map((row) => ({ value: row.code, label: named(row) }))}
        />
      </Form.Item>
      <Form.Item label={t("level")} htmlFor="ruling-level">
        <Select
          id="ruling-level"
          aria-label={t("level")}
          value={draft.level}
          onChange={(level) => keep({ level })}
          options={LEVELS.map((level) => ({ value: level, label: word("level", level) }))}
        />
      </Form.Item>
      <Form.Item label={t("precedent")} htmlFor="ruling-precedent">
        <Select<(typeof PRECEDENTS)[number] | "none">
          id="ruling-precedent"
          aria-label={t("precedent")}
          value={draft.precedent ?? "none"}
          onChange={(scope) => keep({ precedent: scope === "none" ? null : scope })}
          options={(["none", ...PRECEDENTS] as const).map((scope) => ({
            value: scope,
            label: t(`precedent.${scope}`),
          }))}
        />
      </Form.Item>
    </Form>
  );
};

/** Somebody was quicker: who it was, and how the case stands since. */
const Meanwhile = ({ ticket, error }: { ticket: Ticket; error: unknown }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const [last] = ticket.timeline;
  if (error === null || !QUICKER.has(problemOf(error).code) || last === undefined) return null;
  return (
    <p role="status" className={styles["soon"]}>
      {t("meanwhile", {
        who: whoText(last.by, last.byName),
        at: dateTime(last.at),
        state: word("ticket", ticket.state),
        owner: whoText(ticket.owner, ticket.ownerName) || word("role", ticket.ownerRole),
      })}
    </p>
  );
};
const QUICKER: ReadonlySet<string> = new Set(["ticket.refused", "version.stale"]);

/** What was not touched is shown as it is now; what somebody else changed meanwhile is said. */
const Correction = ({ ticket, draft, keep }: Part & { ticket: Ticket }) => {
  const t = ticketWords.useWords();
  const word = useCodes();
  const { find } = useCategories();
  const mine = correctionOf(draft);
  const current = find(ticket.category);
  const values = {
    category: current === undefined ? ticket.category : named(current),
    severity: word("severity", ticket.severity),
    summary: ticket.summary,
  };
  return (
    <>
      {overtakenIn(draft, ticket).map((name) => (
        <p key={name} role="status" className={styles["soon"]}>
          {t("overtaken", { name: t(name), value: values[name] })}
        </p>
      ))}
      <CategorySelect value={mine.category ?? ticket.category} choose={(category) => keep({ category })} />
      <Select
        aria-label={t("severity")}
        value={mine.severity ?? ticket.severity}
        onChange={(severity) => keep({ severity })}
        options={SEVERITIES.map((code) => ({ value: code, label: word("severity", code) }))}
      />
      <Input.TextArea
        aria-label={t("summary")}
        value={draft.summary === draft.read.summary ? ticket.summary : draft.summary}
        maxLength={2000}
        rows={2}
        onChange={(event) => keep({ summary: event.target.value })}
      />
    </>
  );
};

/** Asked about only where another person has the case. */
const BEGUN: ReadonlySet<Command> = new Set(["accept", "start"]);

export const CommandDialog = ({
  ticket,
  command,
  close,
}: {
  ticket: Ticket;
  command: Command;
  close: () => void;
}) => {
  const t = ticketWords.useWords();
  const { draft, keep, clear } = useDraft(`ticket-${ticket.ticketNo}-${command}`, emptyCommand(ticket));
  const send = useMutation({ mutationFn: () => runCommand(command, ticket, draft) });
  const isLacking = lacks(command, draft);
  const submit = (): void => {
    if (isLacking || send.isPending) return;
    send.mutate(undefined, {
      onSuccess: () => {
        clear();
        void forgetTicket();
        const soft = softOf(command);
        if (soft !== undefined) tellUndo(t(`done.${soft}`), () => takeBack(soft, ticket));
        close();
      },
      // Somebody may have been quicker: what holds now is read, and the same words can be sent on it.
      onError: () => void forgetTicket(),
    });
  };
  useDialogShortcut("$mod+Enter", t(command), submit);
  const part = { draft, keep };
  return (
    <Modal
      open
      title={t(command)}
      okText={`${t(command)} (Ctrl+Enter)`}
      okButtonProps={{ disabled: isLacking, loading: send.isPending, danger: command === "cancel" }}
      onOk={submit}
      onCancel={close}
    >
      <div className={styles["form"]}>
        {BEGUN.has(command) ? (
          <p className={styles["soon"]}>
            {t("anothers", { owner: whoText(ticket.owner, ticket.ownerName) })}
          </p>
        ) : null}
        {command === "wait" ? <PauseReason {...part} /> : null}
        {command === "return" ? <ReturnReason {...part} /> : null}
        {command === "close" ? <Closing {...part} /> : null}
        {command === "merge" ? <Other {...part} label={t("mergeInto")} kinds={false} /> : null}
        {command === "link" ? <Other {...part} label={t("other")} kinds /> : null}
        {command === "ruling" ? <Ruling {...part} /> : null}
        {command === "correct" ? (
          <Correction ticket={ticket} {...part} />
        ) : (
          <Input.TextArea
            autoFocus
            aria-label={t("text")}
            placeholder={t("text")}
            value={draft.text}
            maxLength={500}
            rows={3}
            onChange={(event) => keep({ text: event.target.value })}
          />
        )}
        <Problem error={send.error} />
        <Meanwhile ticket={ticket} error={send.error} />
      </div>
    </Modal>
  );
};
