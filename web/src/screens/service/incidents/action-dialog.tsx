/** What an action on an incident asks for. What was typed stays until it is done. */
import { useMutation } from "@tanstack/react-query";
import { Input, Modal, Select } from "antd";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDialogShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import { EvidenceFields } from "./evidence-fields.tsx";
import { type Action, type ActionDraft, emptyAction, lacks, runAction } from "./incident-actions.ts";
import { forgetIncidents, type Incident } from "./use-incident.ts";

type Part = {
  readonly incident: Incident;
  readonly draft: ActionDraft;
  readonly keep: (change: Partial<ActionDraft>) => void;
};

const SCRIPTS = ["script", "scriptEn"] as const;
const LABELS = { script: "ownScript", scriptEn: "ownScriptEn" } as const;

const News = ({ incident, draft, keep }: Part) => {
  const t = incidentWords.useWords();
  return (
    <>
      <label className={styles["row"]}>
        <span className={styles["label"]}>{t("expected")}</span>
        <input
          type="datetime-local"
          className={styles["hour"]}
          value={draft.back}
          onChange={(event) => keep({ back: event.target.value })}
        />
      </label>
      {SCRIPTS.map((name) => (
        <Input.TextArea
          key={name}
          aria-label={t(LABELS[name])}
          placeholder={`${t(LABELS[name])}: ${incident[name]}`}
          rows={2}
          maxLength={500}
          value={draft[name]}
          onChange={(event) => keep({ [name]: event.target.value })}
        />
      ))}
    </>
  );
};

const Buildings = ({ incident, draft, keep }: Part) => {
  const t = incidentWords.useWords();
  const { data, error } = api.useQuery("get", "/incidents/{id}/buildings", {
    params: { path: { id: incident.id } },
  });
  return (
    <>
      <Select<string[]>
        mode="multiple"
        aria-label={t("buildings")}
        placeholder={t("releaseAll")}
        value={[...draft.buildingIds]}
        onChange={(buildingIds) => keep({ buildingIds })}
        showSearch={{ optionFilterProp: "label" }}
        options={(data?.items ?? [])
          .filter(({ state }) => state === "held")
          .map(({ buildingId, building, community }) => ({
            value: buildingId,
            label: `${community}${building}`,
          }))}
      />
      <Problem error={error} />
    </>
  );
};

export const ActionDialog = ({
  action,
  incident,
  close,
}: {
  action: Action;
  incident: Incident;
  close: () => void;
}) => {
  const t = incidentWords.useWords();
  const { draft, keep, clear } = useDraft<ActionDraft>(
    `incident-${incident.id}-${action}`,
    emptyAction(incident),
  );
  const send = useMutation({ mutationFn: () => runAction(action, incident, draft) });
  const isLacking = lacks(action, incident, draft);
  const submit = (): void => {
    if (isLacking || send.isPending) return;
    send.mutate(undefined, {
      onSuccess: () => {
        clear();
        void forgetIncidents();
        close();
      },
      // Somebody may have been quicker: what holds now is read, and the same words can be sent on it.
      onError: () => void forgetIncidents(),
    });
  };
  useDialogShortcut("$mod+Enter", t(action), submit);
  const part = { incident, draft, keep };
  const label = t(action === "close" ? "evidenceText" : "text");
  return (
    <Modal
      open
      title={t(action)}
      okText={`${t(action)} (Ctrl+Enter)`}
      okButtonProps={{ disabled: isLacking, loading: send.isPending, danger: action === "cancel" }}
      onCancel={close}
      onOk={submit}
    >
      <div className={styles["form"]}>
        <Input.TextArea
          autoFocus
          aria-label={label}
          placeholder={label}
          rows={3}
          maxLength={600}
          value={draft.text}
          onChange={(event) => keep({ text: event.target.value })}
        />
        {action === "update" ? <News {...part} /> : null}
        {action === "release" ? <Buildings {...part} /> : null}
        {action === "close" ? <EvidenceFields {...part} /> : null}
        <Problem error={send.error} />
      </div>
    </Modal>
  );
};
