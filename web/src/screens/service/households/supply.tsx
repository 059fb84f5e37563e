/** How the household is heated. */
import { Facts } from "#web/furniture/facts.tsx";
import { useCodes } from "#web/words/codes.ts";
import { householdWords } from "../words-household.ts";
import styles from "./households.module.css";
import type { Account } from "./types.ts";

export const Supply = ({ account }: { account: Account }) => {
  const t = householdWords.useWords();
  const word = useCodes();
  const { station, area } = account;
  return (
    <section className={styles["panel"]} aria-label={t("supply")}>
      <h2>{t("supply")}</h2>
      {account.chargePoints.map(({ chargePoint, name, terms, supply, valve }) => (
        <div key={chargePoint}>
          {account.chargePoints.length > 1 ? <h3>{t("chargePoint", { n: chargePoint, name })}</h3> : null}
          <p className={styles["state"]}>
            {supply === null ? "" : t("since", { state: word("supply", supply.state), day: supply.since })} ·{" "}
            {valve === null ? "" : t("since", { state: word("valve", valve.state), day: valve.since })}
          </p>
          <Facts
            rows={[
              [t("area"), terms === null ? null : `${terms.billingAreaM2} m²`],
              [t("class"), word("heat", terms?.heatClass)],
              [t("loop"), word("loop", terms?.loopType)],
            ]}
          />
        </div>
      ))}
      <Facts
        rows={[
          [
            t("station"),
            station === null
              ? null
              : `${station.name} ${word("station", station.owner)} ${station.propertyFirmName ?? ""} ${station.propertyFirmPhone ?? ""}`,
          ],
          [t("manager"), area === null ? null : `${area.name} ${area.manager ?? ""}`],
          [
            t("aliases"),
            account.aliases.map(({ kind, value }) => `${word("alias", kind)} ${value}`).join(" · "),
          ],
          [t("openedOn"), account.openedOn],
        ]}
      />
    </section>
  );
};
