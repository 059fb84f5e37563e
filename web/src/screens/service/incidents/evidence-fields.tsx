/** With what an incident is closed: told of a call or a visit in words, or a paper that is there. */
import { Button, Input, Radio, Select } from "antd";
import { useRef, useState } from "react";
import { api } from "#web/api/client.ts";
import { upload } from "#web/api/documents.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "../cases/cases.module.css";
import { neutralName } from "#web/furniture/neutral-name.ts";
import { incidentWords } from "../words-incident.ts";
import { type ActionDraft, EVIDENCE_KINDS, type EvidenceKind, PAPERS } from "./incident-actions.ts";
import type { Incident } from "./use-incident.ts";

type Part = {
  readonly incident: Incident;
  readonly draft: ActionDraft;
  readonly keep: (change: Partial<ActionDraft>) => void;
};

const Upload = ({ incident, draft, keep }: Part) => {
  const t = incidentWords.useWords();
  const input = useRef<HTMLInputElement>(null);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (file: File): Promise<void> => {
    setSending(true);
    setError(null);
    try {
      const { ref } = await upload<{ ref: string }>(
        `/incidents/${incident.id}/evidence-files?fileName=${encodeURIComponent(neutralName(file))}`,
        file,
      );
      keep({ ref });
    } catch (refused) {
      setError(refused);
    } finally {
      setSending(false);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("uploadPaper")}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file !== undefined) void send(file);
        }}
      />
      <span className={styles["actions"]}>
        <Button loading={isSending} onClick={() => input.current?.click()}>
          {t("uploadPaper")}
        </Button>
        {draft.ref === null ? null : <span role="status">{t("uploaded")}</span>}
      </span>
      <Problem error={error} />
    </>
  );
};

const Papers = ({ incident, draft, keep }: Part) => {
  const t = incidentWords.useWords();
  const { data, error } = api.useQuery("get", "/incidents/{id}/evidence", {
    params: { path: { id: incident.id } },
  });
  const items = (data?.items ?? []).filter(({ kind }) => kind === draft.evidenceKind);
  return (
    <>
      <Problem error={error} />
      {items.length === 0 ? (
        draft.evidenceKind === "attachment" ? null : (
          <p className={styles["wrapped"]}>{t("noPapers")}</p>
        )
      ) : (
        <Select<string>
          aria-label={t("paper")}
          placeholder={t("paper")}
          value={draft.ref}
          onChange={(ref) => keep({ ref })}
          options={items.map((one) => ({
            value: one.ref,
            label: `${one.ticketNo} ${one.about} ${dateTime(one.at).slice(5)}`,
          }))}
        />
      )}
      {draft.evidenceKind === "attachment" ? <Upload incident={incident} draft={draft} keep={keep} /> : null}
    </>
  );
};

export const EvidenceFields = ({ incident, draft, keep }: Part) => {
  const t = incidentWords.useWords();
  return (
    <>
      <Radio.Group
        aria-label={t("evidenceKind")}
        value={draft.evidenceKind}
        onChange={(event) => keep({ evidenceKind: event.target.value as EvidenceKind, ref: null })}
        options={EVIDENCE_KINDS.map((kind) => ({ value: kind, label: t(`evidence.${kind}`) }))}
      />
      {PAPERS.has(draft.evidenceKind) ? <Papers incident={incident} draft={draft} keep={keep} /> : null}
      {incident.state === "open" ? (
        <Input
          aria-label={t("force")}
          placeholder={t("force")}
          maxLength={500}
          value={draft.force}
          onChange={(event) => keep({ force: event.target.value })}
        />
      ) : null}
    </>
  );
};
