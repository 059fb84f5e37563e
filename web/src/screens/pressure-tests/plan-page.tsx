/** Plans a round by station, loop or buildings: one test for each building, nobody is told by it. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { call, forget } from "#web/api/client.ts";
import { useRequestKey } from "#web/api/request-key.ts";
import type { Body } from "#web/api/types.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { type Place, PlacePicker } from "#web/furniture/place-picker.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useDraft } from "#web/furniture/use-draft.ts";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import styles from "./pressure.module.css";
import { words } from "./words.ts";

type Round = Body<"post", "/pressure-rounds">;

const EMPTY = {
  kind: "pressure" as Round["kind"],
  places: [] as readonly Place[],
  startsAt: "",
  endsAt: "",
  contactName: "",
  contactNumber: "",
  requiredKpa: "800",
  holdMinutes: "30",
  allowedDropKpa: "20",
  title: "",
  note: "",
};
type Draft = typeof EMPTY;

const KEYS = ["stationIds", "loopIds", "buildingIds", "communityIds"] as const;
const whole = (typed: string): number => Number(typed.normalize("NFKC").trim());
const firstOf = (places: readonly Place[], key: Place["key"]): string | undefined =>
  places.find((place) => place.key === key)?.id;

/** What the API takes; null while something is missing. */
const roundOf = (draft: Draft): Round | null => {
  const [startsAt, endsAt] = [instantOfWallTime(draft.startsAt), instantOfWallTime(draft.endsAt)];
  const [stationId, loopId] = [firstOf(draft.places, "stationIds"), firstOf(draft.places, "loopIds")];
  const buildingIds = draft.places.filter(({ key }) => key === "buildingIds").map(({ id }) => id);
  const isSomewhere = stationId !== undefined || loopId !== undefined || buildingIds.length > 0;
  if (startsAt === undefined || endsAt === undefined || !isSomewhere) return null;
  if (draft.contactName.trim() === "" || draft.contactNumber.trim() === "") return null;
  return {
    kind: draft.kind,
    startsAt,
    endsAt,
    contactName: draft.contactName.trim(),
    contactNumber: draft.contactNumber.trim(),
    ...(stationId === undefined ? {} : { stationId }),
    ...(loopId === undefined ? {} : { loopId }),
    ...(buildingIds.length === 0 ? {} : { buildingIds }),
    ...(draft.kind === "pressure"
      ? {
          pressure: {
            requiredKpa: whole(draft.requiredKpa),
            holdMinutes: whole(draft.holdMinutes),
            allowedDropKpa: whole(draft.allowedDropKpa),
          },
        }
      : {}),
    ...(draft.title.trim() === "" ? {} : { title: draft.title.trim() }),
    ...(draft.note.trim() === "" ? {} : { note: draft.note.trim() }),
  };
};

/** A community stands for its buildings; a round is of one station and one loop at most. */
const spread = async (places: readonly Place[]): Promise<readonly Place[]> => {
  const found = await Promise.all(
    places.map(async (place): Promise<readonly Place[]> => {
      if (place.key !== "communityIds") return [place];
      const { data } = await call.GET("/network/communities/{communityId}/buildings", {
        params: { path: { communityId: place.id } },
      });
      return (data?.buildings ?? []).map(({ id, name }) => ({
        key: "buildingIds" as const,
        id,
        name: `${place.name}${name}`,
      }));
    }),
  );
  const byKey = new Map(
    found.flat().map((place) => [place.key === "buildingIds" ? `buildingIds ${place.id}` : place.key, place]),
  );
  return [...byKey.values()];
};

/** What is typed as a line. */
type LineName = Exclude<keyof Draft, "kind" | "places">;

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
  draft: Draft;
  keep: (change: Partial<Draft>) => void;
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
          onChange={(event) => keep({ kind: event.target.value as Draft["kind"] })}
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
  const { draft, keep, clear } = useDraft<Draft>("pressure-round", EMPTY);
  const { key, renew } = useRequestKey();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const round = roundOf(draft);
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
      renew();
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
      <PlanForm draft={draft} keep={keep} place={(places) => void place(places)} />
    </>
  );
};
