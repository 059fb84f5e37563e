/** Who goes out, who is called, and how much one person takes: crews, station crews, limits, duty lists. */
import { Segmented } from "antd";
import { useState } from "react";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { CrewList } from "./crew-list.tsx";
import { DutyPhones } from "./duty-phones.tsx";
import { Limits } from "./limits.tsx";
import { StationCrews } from "./station-crews.tsx";
import { words } from "./words.ts";

const PARTS = { field: CrewList, station: StationCrews, limits: Limits, phones: DutyPhones } as const;
type Part = keyof typeof PARTS;

export const CrewsPage = () => {
  const t = words.useWords();
  const [part, setPart] = useState<Part>("field");
  const Shown = PARTS[part];
  return (
    <>
      <PageBar title={t("crewsTitle")}>
        <Segmented<Part>
          aria-label={t("crewsTitle")}
          value={part}
          onChange={setPart}
          options={(["field", "station", "limits", "phones"] as const).map((one) => ({
            value: one,
            label: t(`crews.${one}`),
          }))}
        />
      </PageBar>
      <Shown />
    </>
  );
};
