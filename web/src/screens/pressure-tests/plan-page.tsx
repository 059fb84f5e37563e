/** Plans a round by station, loop or buildings: one test for each building, nobody is told by it. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { type Place, PlacePicker } from "#web/furniture/place-picker.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
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
}: {
  draft: RoundDraft;
  keep: (change: Partial<RoundDraft>) => void;
  place: (places: readonly Place[]) => void;
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
    <Form layout="vertical" component="div" className={styles["panel"] ?? ""}>
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
  const { draft, keep: keepDraft, clear } = useDraft<RoundDraft>("pressure-round", EMPTY);
  const { key, renew } = useRequestKey();
  const keep = (change: Partial<RoundDraft>): void => {
    // Another content is another intent.
    renew();
    keepDraft(change);
  };
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const preview = useRoundPreview(draft);
  const round = preview.held === undefined ? null : roundOf(draft, preview.held);
  const place = async (places: readonly Place[]): Promise<void> => {
    try {
      keep({ places: await spread(places) });
    } catch (refused) {
      setError(refused);
    }
  };
  const save = async (): Promise<void> => {
    if (round === null || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const { data } = await call.POST("/pressure-rounds", {
        params: { header: { "Idempotency-Key": key() } },
        body: round,
      });
      renew();
      clear();
      await forget("/pressure-rounds", "/pressure-tests", "/pressure-calendar");
      if (data !== undefined) {
        await navigate({ to: "/pressure-tests/rounds/$roundId", params: { roundId: data.id } });
      }
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  useShortcut("$mod+Enter", t("save"), () => void save());
  return (
    <>
      <PageBar
        title={t("plan")}
        actions={
          <Button type="primary" disabled={round === null} loading={isBusy} onClick={() => void save()}>
            {t("save")}
          </Button>
        }
      />
      <Problem error={error} />
      <div className={styles["columns"]}>
        <PlanForm draft={draft} keep={keep} place={(places) => void place(places)} />
        <PlanBuildings draft={draft} keep={keep} preview={preview} />
      </div>
    </>
  );
};
