/** A schematic map: community by community, a box for each building. */
import styles from "./place-map.module.css";

export type Tone = "plain" | "good" | "warn" | "bad" | "info";

/** A building. */
export type Spot = {
  readonly id: string;
  readonly name: string;
  readonly communityId: string;
  readonly community: string;
  readonly tone: Tone;
  /** Beside its name: `3`, `96%`. */
  readonly figure?: string | undefined;
  /** What its colour says, for the tooltip and whoever does not see it. */
  readonly said: string;
};

type Open = ((spot: Spot) => void) | undefined;

/** All that a box says; it begins with what is written on it. */
export const saidOf = ({ community, name, figure, said }: Spot): string =>
  `${community}${[name, ...(figure === undefined ? [] : [figure])].join(" ")} · ${said}`;

const Box = ({ spot, open }: { spot: Spot; open: Open }) => {
  const said = saidOf(spot);
  const shown = (
    <>
      {spot.name} {spot.figure === undefined ? null : <b>{spot.figure}</b>}
    </>
  );
  if (open === undefined) {
    return (
      <li className={styles["box"]} data-tone={spot.tone} title={said}>
        {shown}
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        className={styles["box"]}
        data-tone={spot.tone}
        title={said}
        aria-label={said}
        onClick={() => open(spot)}
      >
        {shown}
      </button>
    </li>
  );
};

export const SpotGrid = ({ spots, open }: { spots: readonly Spot[]; open: Open }) => (
  <ul className={styles["grid"]}>
    {[...Map.groupBy(spots, ({ communityId }) => communityId)].map(([communityId, buildings]) => (
      <li key={communityId} className={styles["community"]}>
        <h3>{buildings[0]?.community}</h3>
        <ul className={styles["boxes"]}>
          {buildings.map((spot) => (
            <Box key={spot.id} spot={spot} open={open} />
          ))}
        </ul>
      </li>
    ))}
  </ul>
);
