/** The walk from valve to valve: one tap a door, one photo a shaft; nothing waits for the line. */
import { Spin } from "antd";
import { type RefObject, useEffect, useRef, useState } from "react";
import { houseNow } from "#web/api/house-time.ts";
import { type OutboxState, putOut, takeBack } from "#web/api/offline/outbox.ts";
import { Empty } from "#web/furniture/empty.tsx";
import { dayOf } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./area.module.css";
import { DoingMark, LineState } from "./line-state.tsx";
import { PhotoButton } from "./photo-button.tsx";
import { type Door, doingOf, type Stairwell, usePhone, useStairwells } from "./use-day.ts";
import { work } from "./words-work.ts";

const OUTCOMES = ["opened", "already-open", "not-home"] as const;
type Outcome = (typeof OUTCOMES)[number];
const WORDS = { opened: "opened", "already-open": "alreadyOpen", "not-home": "notHome" } as const;

/** As long as a slip of the finger takes to be seen. */
const UNDO_MS = 6000;

const placeOfStairwell = ({ community, building, unit }: Stairwell): string =>
  [community, building, unit].filter((part) => part !== "").join(" ");
const doorName = ({ floor, door }: Door): string => (door.startsWith(floor) ? door : `${floor}-${door}`);

/** Of this door as it was read: once the list shows what became of it, it can be tapped again. */
const aboutDoor = ({ id, version }: Door): string => `order:${id}:${version}`;

const tap = (door: Door, outcome: Outcome, label: string): Promise<string | undefined> => {
  // By the clock of the house, as everything that the phone writes down.
  const madeAt = new Date(houseNow()).toISOString();
  return putOut({
    kind: "tap",
    about: aboutDoor(door),
    label,
    path: "/valve-taps",
    madeAt,
    holdMs: UNDO_MS,
    body: { doors: [{ id: door.id, version: door.version, outcome, madeAt }] },
  });
};

type ShaftProps = {
  readonly stairwell: Stairwell;
  readonly floor: string;
  readonly doors: readonly Door[];
  readonly outbox: OutboxState;
  readonly now: number;
};
type RowProps = Omit<ShaftProps, "floor" | "doors"> & {
  readonly door: Door;
  /** After a valve that was found or put open. */
  readonly opened: () => void;
};

const DoorRow = ({ stairwell, door, outbox, now, opened }: RowProps) => {
  const t = work.useWords();
  const about = aboutDoor(door);
  const doing = doingOf(outbox, about);
  const held = outbox.waiting.find(
    (one) => one.about === about && one.refusal === undefined && one.notBefore > now,
  );
  const name = doorName(door);
  const place = `${placeOfStairwell(stairwell)} ${name}`;
  const press = async (outcome: Outcome): Promise<void> => {
    const key = await tap(door, outcome, t("tapLabel", { place, outcome: t(WORDS[outcome]) }));
    if (key !== undefined && outcome !== "not-home") opened();
  };
  return (
    <li className={styles["door"]}>
      <span className={styles["grow"]}>
        {name}{" "}
        <small className={styles["quiet"]}>
          {door.valve === "sealed" ? `${t("sealed")} ` : ""}
          {doing === undefined
            ? t("waitedSince", { since: dayOf(door.waitingSince) })
            : doing.label.slice(place.length)}
        </small>
      </span>
      {doing === undefined ? (
        OUTCOMES.map((outcome) => (
          <button
            key={outcome}
            type="button"
            className={outcome === "opened" ? styles["main"] : ""}
            aria-label={t("tapLabel", { place, outcome: t(WORDS[outcome]) })}
            onClick={() => void press(outcome)}
          >
            {t(WORDS[outcome])}
          </button>
        ))
      ) : (
        <>
          <DoingMark doing={doing} />
          {held === undefined ? null : (
            <button type="button" onClick={() => void takeBack(held.seq)}>
              {t("undo")}
            </button>
          )}
        </>
      )}
    </li>
  );
};

type PhotoProps = Pick<ShaftProps, "stairwell" | "floor" | "outbox"> & {
  readonly camera: RefObject<HTMLInputElement | null>;
};
const ShaftPhoto = ({ stairwell, floor, outbox, camera }: PhotoProps) => {
  const t = work.useWords();
  const about = `shaft:${stairwell.unitId}:${floor}`;
  if (doingOf(outbox, about) !== undefined) return <span className={styles["good"]}>{t("shaftDone")}</span>;
  return (
    <PhotoButton
      text={t("shaftPhoto")}
      camera={camera}
      take={(file) => {
        const madeAt = new Date(houseNow()).toISOString();
        const query = new URLSearchParams({ fileName: "shaft.jpg", floor, madeAt });
        return putOut({
          kind: "photo",
          about,
          label: t("photoLabel", { place: `${placeOfStairwell(stairwell)} ${t("floor", { floor })}` }),
          path: `/valve-rounds/${stairwell.unitId}/photos?${query}`,
          madeAt,
          file,
        });
      }}
    />
  );
};

/** In a hand: at a desk no camera is meant. */
const isInAHand = (): boolean => window.matchMedia("(pointer: coarse)").matches;

/** The doors behind one shaft. The last one that is tapped open opens the camera for its photo, which saves a press. */
const Shaft = ({ stairwell, floor, doors, outbox, now }: ShaftProps) => {
  const t = work.useWords();
  const camera = useRef<HTMLInputElement>(null);
  const left = doors.filter((door) => doingOf(outbox, aboutDoor(door)) === undefined).length;
  return (
    <div>
      <div className={`${styles["line"]} ${styles["shaft"]}`}>
        <span className={`${styles["grow"]} ${styles["quiet"]}`}>{t("floor", { floor })}</span>
        <ShaftPhoto stairwell={stairwell} floor={floor} outbox={outbox} camera={camera} />
      </div>
      <ul className={styles["doors"]}>
        {doors.map((door) => (
          <DoorRow
            key={door.id}
            stairwell={stairwell}
            door={door}
            outbox={outbox}
            now={now}
            opened={() => {
              if (left === 1 && isInAHand()) camera.current?.click();
            }}
          />
        ))}
      </ul>
    </div>
  );
};

const StairwellCard = ({ stairwell, outbox, now }: Omit<ShaftProps, "floor" | "doors">) => {
  const t = work.useWords();
  const place = placeOfStairwell(stairwell);
  const floors = [...Map.groupBy(stairwell.doors, ({ floor }) => floor)];
  const left = stairwell.doors.filter((door) => doingOf(outbox, aboutDoor(door)) === undefined).length;
  return (
    <section className={styles["card"]} aria-label={place}>
      <h2>
        {place} <span className={styles["quiet"]}>{t("left", { count: left })}</span>
      </h2>
      {floors.map(([floor, doors]) => (
        <Shaft key={floor} stairwell={stairwell} floor={floor} doors={doors} outbox={outbox} now={now} />
      ))}
    </section>
  );
};

const numberIn = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
const inWalkingOrder = (stairwells: readonly Stairwell[]): Stairwell[] =>
  stairwells.toSorted(
    (one, other) =>
      one.community.localeCompare(other.community, "zh-CN") ||
      numberIn(one.building) - numberIn(other.building) ||
      one.building.localeCompare(other.building, "zh-CN") ||
      numberIn(one.unit) - numberIn(other.unit),
  );

/** By this machine's clock, as what is held back is: each second while something waits. */
const useMachineNow = (isOn: boolean): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return;
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [isOn]);
  return now;
};

export const StairwellsPage = () => {
  const t = work.useWords();
  const outbox = usePhone();
  const read = useStairwells();
  const now = useMachineNow(outbox.waiting.length > 0);
  const [community, setCommunity] = useState<string>();
  // Not before it is known what was tapped: a door would ask for its tap a second time.
  const isKnown = read.data !== undefined && outbox.isRead;
  const all = isKnown ? inWalkingOrder(read.data.value) : [];
  const communities = [...new Set(all.map((one) => one.community))];
  const shown = all.filter((one) => community === undefined || one.community === community);
  const done = [...outbox.sent, ...outbox.waiting].filter(({ kind }) => kind === "tap").length;
  return (
    <>
      <PageBar title={t("stairwells")} readAt={read.data?.at}>
        <span>{t("openedToday", { count: done })}</span>
      </PageBar>
      <LineState outbox={outbox} kept={read.data} isSteady />
      <Problem error={read.error} again={() => void read.refetch()} />
      {communities.length > 1 ? (
        <div className={styles["tabs"]} role="group" aria-label={t("allCommunities")}>
          <button
            type="button"
            aria-pressed={community === undefined}
            onClick={() => setCommunity(undefined)}
          >
            {t("allCommunities")}
          </button>
          {communities.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={community === one}
              onClick={() => setCommunity(one)}
            >
              {one}
            </button>
          ))}
        </div>
      ) : null}
      {!isKnown && read.error === null ? <Spin /> : null}
      {isKnown && all.length === 0 ? <Empty text={t("noValves")} /> : null}
      <div className={styles["cards"]}>
        {shown.map((one) => (
          <StairwellCard key={one.unitId} stairwell={one} outbox={outbox} now={now} />
        ))}
      </div>
    </>
  );
};
