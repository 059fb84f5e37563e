/** Opening an incident: what is wrong, where, until when, and what is said; whom it touches stands beside it before it is opened. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Input, Radio } from "antd";
import { api, call } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import type { PlaceKey } from "#web/furniture/place-keys.ts";
import { PlacePicker } from "#web/furniture/place-picker.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { language } from "#web/words/words.ts";
import styles from "../cases/cases.module.css";
import { incidentWords } from "../words-incident.ts";
import { EMPTY_INCIDENT, hasTooMany, type IncidentDraft, openingOf, reachOf } from "./incident-form.ts";
import { ReachPanel, useReach } from "./reach-panel.tsx";
import { forgetIncidents } from "./use-incident.ts";

const PLACES: readonly PlaceKey[] = ["heatSourceIds", "stationIds", "loopIds", "buildingIds"];

type Part = {
  readonly draft: IncidentDraft;
  readonly keep: (change: Partial<IncidentDraft>) => unknown;
};

const Kinds = ({ draft, keep }: Part) => {
  const t = incidentWords.useWords();
  const { data, error } = api.useQuery("get", "/incident-kinds", {}, { staleTime: 600_000 });
  return (
    <>
      <Radio.Group
        aria-label={t("kind")}
        value={draft.kind}
        onChange={(event) => keep({ kind: String(event.target.value) })}
        options={(data?.items ?? []).map(({ code, name, nameEn }) => ({
          value: code,
          label: language() === "en" ? nameEn : name,
        }))}
      />
      <Problem error={error} />
    </>
  );
};

const Hour = ({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) => (
  <input
    type="datetime-local"
    className={styles["hour"]}
    aria-label={label}
    value={value}
    onChange={(event) => change(event.target.value)}
  />
);

const LONG = ["script", "scriptEn"] as const;
const LABELS = { script: "ownScript", scriptEn: "ownScriptEn" } as const;

const Words = ({ draft, keep }: Part) => {
  const t = incidentWords.useWords();
  const { data } = api.useQuery("get", "/incident-kinds", {}, { staleTime: 600_000 });
  const kind = data?.items.find(({ code }) => code === draft.kind);
  const blanks = { place: "{{place}}", since: "{{since}}", back: "{{back}}" };
  return LONG.map((name) => (
    <div key={name} className={`${styles["row"]} ${styles["top"]}`}>
      <span className={styles["label"]}>{t(LABELS[name])}</span>
      <Input.TextArea
        aria-label={t(LABELS[name])}
        placeholder={kind?.[name] ?? t("scriptHint", blanks)}
        title={t("scriptHint", blanks)}
        rows={2}
        maxLength={500}
        value={draft[name]}
        onChange={(event) => keep({ [name]: event.target.value })}
      />
    </div>
  ));
};

const Fields = ({ draft, keep }: Part) => {
  const t = incidentWords.useWords();
  return (
    <>
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("kind")}</span>
        <div>
          <Kinds draft={draft} keep={keep} />
        </div>
      </div>
      <div className={`${styles["row"]} ${styles["top"]}`}>
        <span className={styles["label"]}>{t("where")}</span>
        <div>
          <PlacePicker places={draft.places} change={(places) => keep({ places })} keys={PLACES} />
          {hasTooMany(draft.places) ? (
            <p role="alert" className={styles["overdue"]}>
              {t("onlyOne")}
            </p>
          ) : null}
        </div>
      </div>
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("started")}</span>
        <Hour label={t("started")} value={draft.starts} change={(starts) => keep({ starts })} />
      </div>
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("expected")}</span>
        <Hour label={t("expected")} value={draft.back} change={(back) => keep({ back })} />
      </div>
      <div className={`${styles["row"]} ${styles["top"]}`}>
        <span className={styles["label"]}>{t("note")}</span>
        <Input.TextArea
          aria-label={t("note")}
          rows={2}
          maxLength={1000}
          value={draft.note}
          onChange={(event) => keep({ note: event.target.value })}
        />
      </div>
      <Words draft={draft} keep={keep} />
      <div className={styles["row"]}>
        <span className={styles["label"]}>{t("ownTitle")}</span>
        <Input
          aria-label={t("ownTitle")}
          maxLength={200}
          value={draft.title}
          onChange={(event) => keep({ title: event.target.value })}
        />
      </div>
    </>
  );
};

export const NewIncident = () => {
  const t = incidentWords.useWords();
  const navigate = useNavigate();
  const intent = useIntent<IncidentDraft>("incident-new", EMPTY_INCIDENT);
  const { content: draft, change: keep } = intent;
  const wanted = reachOf(draft);
  const { reach, isCurrent, error } = useReach(wanted);
  const canOpen = wanted !== null && isCurrent && reach !== undefined;
  const open = async (): Promise<void> => {
    // What was sent and is not answered is sent again as it was, whatever its reach has become.
    if (wanted === null || !(canOpen || intent.isLocked)) return;
    const answer = await intent.send((typed, key) =>
      call.POST("/incidents", {
        params: { header: { "Idempotency-Key": key } },
        body: openingOf(typed, wanted),
      }),
    );
    const id = answer?.data?.id;
    if (id === undefined) return;
    void forgetIncidents();
    void navigate({ to: "/incidents/$id", params: { id } });
  };
  useShortcut("$mod+Enter", t("open"), () => void open());
  return (
    <>
      <PageBar title={t("new")} />
      <div className={styles["two"]}>
        <section className={styles["panel"]} aria-label={t("new")}>
          <div className={`${styles["form"]} ${styles["roomy"]}`}>
            <Fields draft={draft} keep={keep} />
            <IntentProblem intent={intent} />
            <div className={styles["actions"]}>
              <Button
                type="primary"
                disabled={!(canOpen || intent.isLocked)}
                loading={intent.isSending}
                onClick={() => void open()}
              >
                {canOpen ? t("openReach", { buildings: reach.buildings, homes: reach.homes }) : t("open")}{" "}
                (Ctrl+Enter)
              </Button>
            </div>
          </div>
        </section>
        <ReachPanel reach={reach} error={error} />
      </div>
    </>
  );
};
