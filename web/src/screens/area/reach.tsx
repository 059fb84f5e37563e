/** Going there and calling: the map of the phone by the name of the building, and a number that was asked for with a reason. */
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { masked } from "#web/words/masked.ts";
import styles from "./area.module.css";
import type { Building } from "./use-day.ts";
import { day } from "./words-day.ts";

/** Opens the map app with the building, never with a home or a person. */
export const NavigateLink = ({ building }: { building: Building | undefined }) => {
  const t = day.useWords();
  if (building === undefined) return null;
  const place = `${building.district}${building.community}${building.name}`;
  return <a href={`geo:0,0?q=${encodeURIComponent(place)}`}>{t("navigate")}</a>;
};

type About = { readonly ticketNo: string } | { readonly orderId: string };

const ask = async (about: About, reason: string): Promise<string> => {
  if ("ticketNo" in about) {
    const { data } = await call.POST("/tickets/{ticketNo}/caller", {
      params: { path: { ticketNo: about.ticketNo } },
      body: { reason },
    });
    return data?.callerNumber ?? "";
  }
  const { data } = await call.POST("/work-orders/{id}/contact", {
    params: { path: { id: about.orderId } },
    body: { reason },
  });
  return data?.contactNumber ?? "";
};

/** First the reason, then the number: each look is counted. The number stands on this page alone, and goes with it. */
export const CallButton = ({ about }: { about: About }) => {
  const t = day.useWords();
  const why = masked.useWords();
  const [asking, setAsking] = useState(false);
  const [number, setNumber] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const reveal = async (reason: string): Promise<void> => {
    setError(null);
    try {
      setNumber(await ask(about, reason));
      setAsking(false);
    } catch (refused) {
      setError(refused);
    }
  };
  if (number === "") return <span className={styles["quiet"]}>{t("noNumber")}</span>;
  if (number !== undefined) return <a href={`tel:${number}`}>{t("dial", { number })}</a>;
  return (
    <>
      <button type="button" aria-expanded={asking} onClick={() => setAsking(!asking)}>
        {t("call")}
      </button>
      {asking
        ? (["visit", "callBack"] as const).map((reason) => (
            <button key={reason} type="button" onClick={() => void reveal(why(reason))}>
              {why(reason)}
            </button>
          ))
        : null}
      <Problem error={error} />
    </>
  );
};
