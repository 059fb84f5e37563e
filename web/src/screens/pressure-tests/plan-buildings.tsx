/** What a round would hold, as it is being planned: its buildings, those that have a test ahead, and windows of their own. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Alert, Checkbox, Input } from "antd";
import { call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { Mark } from "#web/furniture/mark.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { instantOfWallTime } from "#web/furniture/wall-time.ts";
import styles from "./pressure.module.css";
import { type OwnWindow, type RoundDraft, whereOf } from "./round-draft.ts";
import { words } from "./words.ts";

type Preview = Answer<"post", "/pressure-round-previews">;
type Building = Preview["buildings"][number];

/** The network as it is switched at the hour of the round; undefined while nothing is chosen. */
export const useRoundPreview = (draft: RoundDraft) => {
  const where = whereOf(draft);
  const startsAt = instantOfWallTime(draft.startsAt);
  const body = { kind: draft.kind, ...where, ...(startsAt === undefined ? {} : { startsAt }) };
  const query = useQuery({
    queryKey: ["post", "/pressure-round-previews", body],
    queryFn: async ({ signal }) =>
      (await call.POST("/pressure-round-previews", { body, signal })).data ?? null,
    enabled: where !== null,
    placeholderData: keepPreviousData,
  });
  const data = where === null ? undefined : (query.data ?? undefined);
  return {
    data,
    /** Ids of its buildings; undefined while those before are still shown. */
    held: query.isPlaceholderData ? undefined : data?.buildings.map(({ id }) => id),
    error: query.error,
  };
};

type Props = {
  readonly draft: RoundDraft;
  readonly keep: (change: Partial<RoundDraft>) => void;
  readonly isLocked: boolean;
};
type RowProps = Props & { readonly building: Building };

const BuildingRow = ({ draft, keep, building, isLocked }: RowProps) => {
  const t = words.useWords();
  const name = `${building.community}${building.name}`;
  const own = draft.windows[building.id];
  const set = (window: OwnWindow | undefined): void => {
    const { [building.id]: _before, ...rest } = draft.windows;
    keep({ windows: window === undefined ? rest : { ...rest, [building.id]: window } });
  };
  const { startsAt, endsAt } = draft;
  return (
    <li>
      <span className={styles["grow"]}>{name}</span>
      {building.aheadNo === null ? null : (
        <Mark tone="bad">{t("aheadAlready", { no: building.aheadNo })}</Mark>
      )}
      <Checkbox
        aria-label={`${t("ownWindow")} ${name}`}
        disabled={isLocked}
        checked={own !== undefined}
        onChange={(event) => set(event.target.checked ? { startsAt, endsAt } : undefined)}
      >
        {t("ownWindow")}
      </Checkbox>
      {own === undefined ? null : (
        <span className={styles["times"]}>
          <Input
            disabled={isLocked}
            type="datetime-local"
            size="small"
            className={styles["time"] ?? ""}
            aria-label={t("ownStart", { name })}
            value={own.startsAt}
            onChange={(event) => set({ ...own, startsAt: event.target.value })}
          />
          <Input
            disabled={isLocked}
            type="datetime-local"
            size="small"
            className={styles["time"] ?? ""}
            aria-label={t("ownEnd", { name })}
            value={own.endsAt}
            onChange={(event) => set({ ...own, endsAt: event.target.value })}
          />
        </span>
      )}
    </li>
  );
};

export const PlanBuildings = ({
  draft,
  keep,
  preview: { data, error },
  isLocked,
}: Props & { preview: ReturnType<typeof useRoundPreview> }) => {
  const t = words.useWords();
  const ahead = (data?.buildings ?? []).filter(({ aheadNo }) => aheadNo !== null).length;
  const count = data?.buildings.length ?? 0;
  return (
    <section className={styles["panel"]} aria-label={t("buildingsHeld", { count })}>
      <h2 className={styles["heading"]}>{t("buildingsHeld", { count })}</h2>
      <Problem error={error} />
      {data === undefined && error === null ? <Empty text={t("chooseWhere")} /> : null}
      {ahead === 0 ? null : <Alert type="warning" showIcon title={t("aheadCount", { count: ahead })} />}
      {data === undefined || data.beyond === 0 ? null : (
        <Alert type="warning" showIcon title={t("beyond", { count: data.beyond })} />
      )}
      <ul className={styles["plain"]}>
        {(data?.buildings ?? []).map((building) => (
          <BuildingRow key={building.id} draft={draft} keep={keep} building={building} isLocked={isLocked} />
        ))}
      </ul>
    </section>
  );
};
