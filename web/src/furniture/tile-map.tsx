/** Buildings on tiles: pulled by hand, moved by arrows, closer and farther; a mark that stands for several opens them below. */
import { Button } from "antd";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { mapWords } from "#web/words/map.ts";
import type { SpotGroup } from "./map-groups.ts";
import { MapPlacing, type Placing, usePlacing } from "./map-placing.tsx";
import {
  atScreen,
  fit,
  moved,
  onScreen,
  type Point,
  type Size,
  tilesIn,
  type View,
  zoomed,
} from "./mercator.ts";
import styles from "./place-map.module.css";
import { saidOf, type Spot, SpotGrid } from "./spot-grid.tsx";

const STEP = 80;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};
/** A hand that stays within so many pixels has clicked, and not pulled. */
const CLICK_PIXELS = 4;

/** The size of an element, as it is and becomes. */
const useSize = () => {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return { box, size };
};

type SurfaceProps = {
  readonly view: View;
  readonly size: Size;
  readonly change: (view: View) => void;
  readonly placing: Placing | undefined;
  readonly placeAt: (point: Point) => void;
};

/** What takes the hand and the keys, below the marks. */
const Surface = ({ view, size, change, placing, placeAt }: SurfaceProps) => {
  const t = mapWords.useWords();
  const pull = useRef<{ x: number; y: number; far: boolean }>(undefined);
  const begin = (event: PointerEvent<HTMLButtonElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pull.current = { x: event.clientX, y: event.clientY, far: false };
  };
  const move = (event: PointerEvent<HTMLButtonElement>): void => {
    const from = pull.current;
    if (from === undefined) return;
    const [right, down] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.far && Math.hypot(right, down) < CLICK_PIXELS) return;
    pull.current = { x: event.clientX, y: event.clientY, far: true };
    change(moved(view, -right, -down));
  };
  const end = (event: PointerEvent<HTMLButtonElement>): void => {
    const wasClick = pull.current?.far === false;
    pull.current = undefined;
    if (!wasClick || placing === undefined) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    placeAt(atScreen(view, size, event.clientX - left, event.clientY - top));
  };
  const press = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const step = STEPS[event.key];
    if (step !== undefined) change(moved(view, ...step));
    else if (event.key === "+" || event.key === "=") change(zoomed(view, 1));
    else if (event.key === "-") change(zoomed(view, -1));
    else if (event.key === "Enter" && placing !== undefined) placeAt(view.centre);
    else return;
    event.preventDefault();
  };
  return (
    <button
      type="button"
      className={styles["surface"]}
      aria-label={t("moveMap")}
      data-placing={placing !== undefined}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => (pull.current = undefined)}
      onKeyDown={press}
    />
  );
};

type MarkersProps = {
  readonly view: View;
  readonly size: Size;
  readonly groups: readonly SpotGroup[];
  readonly picked: string | undefined;
  readonly pick: (group: SpotGroup) => void;
};

const Markers = ({ view, size, groups, picked, pick }: MarkersProps) => {
  const t = mapWords.useWords();
  return groups.map((group) => {
    const [only] = group.spots;
    const isOne = group.spots.length === 1 && only !== undefined;
    const said = isOne ? saidOf(only) : t("buildings", { name: group.name, count: group.spots.length });
    return (
      <button
        key={group.key}
        type="button"
        className={styles["marker"]}
        data-tone={group.tone}
        data-picked={group.key === picked}
        title={said}
        aria-label={said}
        style={onScreen(view, size, group.point)}
        onClick={() => pick(group)}
      >
        {isOne ? (only.figure ?? only.name) : `${group.name} ${group.spots.length}`}
      </button>
    );
  });
};

const Tiles = ({
  view,
  size,
  template,
  failed,
}: {
  view: View;
  size: Size;
  template: string;
  failed: () => void;
}) =>
  tilesIn(view, size, template).map(({ key, address, left, top }) => (
    <img
      key={key}
      className={styles["tile"]}
      src={address}
      alt=""
      draggable={false}
      style={{ left, top }}
      onError={failed}
    />
  ));

type Props = {
  readonly tiles: { readonly url: string; readonly credit: string };
  readonly groups: readonly SpotGroup[];
  readonly unplaced: readonly Spot[];
  readonly open: ((spot: Spot) => void) | undefined;
};

export const TileMap = ({ tiles, groups, unplaced, open }: Props) => {
  const t = mapWords.useWords();
  const { box, size } = useSize();
  const [pulled, setPulled] = useState<View>();
  const [picked, setPicked] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  const { placing, choose, placeAt, error } = usePlacing();
  const view =
    pulled ??
    fit(
      groups.map(({ point }) => point),
      size,
    );
  const shown = groups.find(({ key }) => key === picked);
  const pick = (group: SpotGroup): void => {
    const [only] = group.spots;
    if (group.spots.length === 1 && only !== undefined && open !== undefined) open(only);
    else setPicked(group.key === picked ? undefined : group.key);
  };
  return (
    <>
      <div ref={box} className={styles["map"]}>
        {size.width === 0 ? null : (
          <>
            <Tiles view={view} size={size} template={tiles.url} failed={() => setBroken(true)} />
            <Surface view={view} size={size} change={setPulled} placing={placing} placeAt={placeAt} />
            <Markers view={view} size={size} groups={groups} picked={picked} pick={pick} />
          </>
        )}
        <div className={styles["controls"]}>
          <Button size="small" aria-label={t("closer")} onClick={() => setPulled(zoomed(view, 1))}>
            +
          </Button>
          <Button size="small" aria-label={t("farther")} onClick={() => setPulled(zoomed(view, -1))}>
            −
          </Button>
          <Button size="small" onClick={() => setPulled(undefined)}>
            {t("all")}
          </Button>
        </div>
        {tiles.credit === "" ? null : <span className={styles["credit"]}>{tiles.credit}</span>}
      </div>
      {isBroken ? <p role="status">{t("noTiles")}</p> : null}
      <MapPlacing placing={placing} choose={choose} error={error} unplaced={unplaced} groups={groups} />
      {shown === undefined ? null : <SpotGrid spots={shown.spots} open={open} />}
    </>
  );
};
