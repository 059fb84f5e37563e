/** The buildings of a round on the map of the house: in which every home knows, and in which somebody has to go. A press opens the test. */
import { useNavigate } from "@tanstack/react-router";
import type { Answer } from "#web/api/types.ts";
import { PlaceMap, type Spot, type Tone } from "#web/furniture/place-map.tsx";
import styles from "./pressure.module.css";
import { words } from "./words.ts";

type RoundTest = Answer<"get", "/pressure-rounds/{id}">["tests"][number];
type Stand = "told" | "named" | "untold" | "over";

const TONES: Readonly<Record<Stand, Tone>> = { told: "good", named: "info", untold: "bad", over: "plain" };
const STANDS = ["untold", "named", "told", "over"] as const;
const OVER: ReadonlySet<RoundTest["state"]> = new Set(["passed", "cancelled", "retesting"]);

const standOf = ({ state, homes, reached, unnamed }: RoundTest): Stand => {
  if (OVER.has(state)) return "over";
  if (unnamed > 0) return "untold";
  return reached === homes ? "told" : "named";
};

export const RoundMap = ({ tests }: { tests: readonly RoundTest[] }) => {
  const t = words.useWords();
  const navigate = useNavigate();
  const byBuilding = new Map(tests.map((test) => [test.buildingId, test]));
  const spots = [...byBuilding.values()].map((test): Spot => {
    const stand = standOf(test);
    return {
      id: test.buildingId,
      name: test.building,
      communityId: test.communityId,
      community: test.community,
      tone: TONES[stand],
      figure: `${test.reached}/${test.homes}`,
      said: `${t(`stand.${stand}`)} · ${t(`state.${test.state}`)} · ${t("knowing", { reached: test.reached, homes: test.homes })}`,
    };
  });
  return (
    <section className={styles["panel"]} aria-label={t("roundMap")}>
      <h2 className={styles["heading"]}>{t("roundMap")}</h2>
      <PlaceMap
        spots={spots}
        legend={STANDS.map((stand) => [TONES[stand], t(`stand.${stand}`)] as const)}
        open={(spot) => {
          const test = byBuilding.get(spot.id);
          if (test !== undefined)
            void navigate({ to: "/pressure-tests/$testId", params: { testId: test.testNo } });
        }}
      />
    </section>
  );
};
