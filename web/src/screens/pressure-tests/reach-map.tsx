/** Who knows, drawn as the building stands: a table for each stairwell, floors from above, a box for each home. */
import { api } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import styles from "./pressure.module.css";
import type { Paper } from "./about-test.ts";
import { recordWords } from "./words-record.ts";

type Home = Answer<"get", "/pressure-tests/{id}/homes">["items"][number];
type Stairwell = Answer<"get", "/pressure-tests/{id}/reach">["stairwells"][number];

const WAYS = ["message", "paper", "door", "nobody"] as const;
const READ_AGAIN_MS = 10_000;

/** Floors from above; homes of a floor as one walks. */
const floorsOf = (homes: readonly Home[]): (readonly [string, readonly Home[]])[] => {
  const floors = new Map<string, Home[]>();
  for (const home of homes) floors.set(home.floor, [...(floors.get(home.floor) ?? []), home]);
  return [...floors].toReversed();
};

const Box = ({ home }: { home: Home }) => {
  const t = recordWords.useWords();
  const isNamed = home.way === "nobody" && home.knock !== null;
  const said = [
    home.label,
    t(`way.${home.way}`),
    ...(home.pending ? [t("pending")] : []),
    ...(home.knock === null ? [] : [t(`knock.${home.knock}`)]),
  ].join(" · ");
  return (
    <td className={styles["box"]} data-way={home.way} data-named={isNamed} title={said}>
      {home.door}
      {home.pending ? "…" : ""}
    </td>
  );
};

const Unit = ({ stairwell, homes }: { stairwell: Stairwell; homes: readonly Home[] }) => {
  const t = recordWords.useWords();
  return (
    <table className={styles["unit"]}>
      <caption>
        {stairwell.name} <span>{t("homes", { reached: stairwell.reached, homes: stairwell.homes })}</span>
        <br />
        <span>
          {stairwell.postedAt === null ? t("notPosted") : t("posted", { at: dateTime(stairwell.postedAt) })}
        </span>
      </caption>
      <tbody>
        {floorsOf(homes).map(([floor, doors]) => (
          <tr key={floor}>
            <th scope="row">{floor === "" ? t("noFloor") : t("floor", { floor })}</th>
            {doors.map((home) => (
              <Box key={home.premisesId} home={home} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

export const ReachMap = ({ testId, paper }: { testId: string; paper: Paper }) => {
  const t = recordWords.useWords();
  const asked = { params: { path: { id: testId }, query: { paper } } };
  const every = { refetchInterval: READ_AGAIN_MS };
  const reach = api.useQuery("get", "/pressure-tests/{id}/reach", asked, every);
  const homes = api.useQuery("get", "/pressure-tests/{id}/homes", asked, every);
  const all = homes.data?.items ?? [];
  return (
    <section className={styles["panel"]} aria-label={t("map")}>
      <h2 className={styles["heading"]}>{t("map")}</h2>
      <div className={styles["legend"]}>
        <span className={styles["quiet"]}>{t("mapAbout")}</span>
        {WAYS.map((way) => (
          <span key={way}>
            <i className={styles["box"]} data-way={way} />
            {t(`way.${way}`)} {all.filter((home) => home.way === way).length}
          </span>
        ))}
        <span>
          <i className={styles["box"]} data-way="nobody" data-named />
          {t("named")} {all.filter((home) => home.way === "nobody" && home.knock !== null).length}
        </span>
      </div>
      <Problem error={reach.error ?? homes.error} />
      <div className={styles["units"]}>
        {(reach.data?.stairwells ?? []).map((stairwell) => (
          <Unit
            key={stairwell.unitId}
            stairwell={stairwell}
            homes={all.filter(({ unitId }) => unitId === stairwell.unitId)}
          />
        ))}
      </div>
    </section>
  );
};
