/** Plans a round by station, loop or buildings: one test for each building, nobody is told by it. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import type { Place } from "#web/furniture/place-keys.ts";
import { PlacePicker } from "#web/furniture/place-picker.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { PlanBuildings, useRoundPreview } from "./plan-buildings.tsx";
import styles from "./pressure.module.css";
import { EMPTY, KEYS, type RoundDraft, roundOf, spread } from "./round-draft.ts";
import { words } from "./words.ts";

/** What is typed as a line. */
type LineName = Exclude<keyof RoundDraft, "kind" | "places" | "windows">;

const TEXTS = [
  ["contactName", 60, "text"],
  ["contactNumber", 20, "text"],
  ["startsAt", 16, "datetime-local"],
  ["endsAt", 16, "datetime-local"],
] as const;
const HELD = [
  ["requiredKpa", "required"],
  ["holdMinutes", "hold"],
  ["allowedDropKpa", "drop"],
] as const;

const PlanForm = ({
  draft,
  keep,
  place,
  isLocked,
}: {
  draft: RoundDraft;
  keep: (change: Partial<RoundDraft>) => void;
  place: (places: readonly Place[]) => void;
  /** Sent and not answered: it can be sent again, and not be changed. */
  isLocked: boolean;
}) => {
  const t = words.useWords();
  const field = (name: LineName, label: string, more: { max?: number; type?: string } = {}) => (
    <Form.Item key={name} label={label} htmlFor={`round-${name}`}>
      <Input
        id={`round-${name}`}
        type={more.type ?? "text"}
        maxLength={more.max ?? 6}
        value={draft[name]}
        onChange={(event) => keep({ [name]: event.target.value })}
      />
    </Form.Item>
  );
  return (
    <Form layout="vertical" component="div" className={styles["panel"] ?? ""} disabled={isLocked}>
      <Form.Item label={t("kind")}>
        <Radio.Group
          aria-label={t("kind")}
          value={draft.kind}
          onChange={(event) => keep({ kind: event.target.value as RoundDraft["kind"] })}
          options={(["pressure", "cold-run"] as const).map((kind) => ({
            value: kind,
            label: t(`kind.${kind}`),
          }))}
        />
      </Form.Item>
      <Form.Item label={t("where")}>
        <PlacePicker places={draft.places} change={place} keys={KEYS} />
      </Form.Item>
      <div className={styles["two"]}>
        {TEXTS.map(([name, max, type]) => field(name, t(name), { max, type }))}
        {draft.kind === "pressure" ? HELD.map(([name, label]) => field(name, t(label))) : null}
        {field("title", t("roundTitle"), { max: 200 })}
        {field("note", t("note"), { max: 500 })}
      </div>
    </Form>
  );
};

export const PlanPage = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const intent = useIntent<RoundDraft>("pressure-round", EMPTY);
  const [error, setError] = useState<unknown>(null);
  const draft = intent.content;
  const keep = (change: Partial<RoundDraft>): void => void intent.change(change);
  const preview = useRoundPreview(draft);
  const round = preview.held === undefined ? null : roundOf(draft, preview.held);
  const place = async (places: readonly Place[]): Promise<void> => {
    setError(null);
    try {
      keep({ places: await spread(places) });
    } catch (refused) {
      setError(refused);
    }
  };
  const save = async (): Promise<void> => {
    if (round === null || intent.isSending) return;
    const answer = await intent.send((_, key) =>
      call.POST("/pressure-rounds", { params: { header: { "Idempotency-Key": key } }, body: round }),
    );
    if (answer?.data === undefined) return;
    await forget("/pressure-rounds", "/pressure-tests", "/pressure-calendar", "/pressure-round-previews");
    await navigate({ to: "/pressure-tests/rounds/$roundId", params: { roundId: answer.data.id } });
  };
  useShortcut("$mod+Enter", t("save"), () => void save());
  return (
    <>
      <PageBar
        title={t("plan")}
        actions={
          <Button
            type="primary"
            disabled={round === null}
            loading={intent.isSending}
            onClick={() => void save()}
          >
            {t("save")}
          </Button>
        }
      />
      <Problem error={error} />
      <IntentProblem intent={intent} />
      <div className={styles["columns"]}>
        <PlanForm
          draft={draft}
          keep={keep}
          place={(places) => void place(places)}
          isLocked={intent.isLocked}
        />
        <PlanBuildings draft={draft} keep={keep} preview={preview} isLocked={intent.isLocked} />
      </div>
    </>
  );
};
