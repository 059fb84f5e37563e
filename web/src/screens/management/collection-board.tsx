/** Collection against the same day of last season, by branch, area, manager or bank. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Segmented } from "antd";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { boardReads, WAYS, wayOf } from "./board-reads.ts";
import { AreaChoice, DaySpan, useNarrow } from "./filters.tsx";
import { ReportView } from "./report-view.tsx";
import { narrowed } from "./narrowing.ts";
import { words } from "./words.ts";

const route = getRouteApi("/inside/boards/collection");
const LABEL = { branch: "byBranch", area: "byArea", manager: "byManager", channel: "byChannel" } as const;

export const CollectionBoard = () => {
  const t = words.useWords();
  const search = narrowed(route.useSearch());
  const narrow = useNarrow("/boards/collection", search);
  const { area } = search;
  const { data, error, refetch } = useQuery({
    ...boardReads.collection(search),
    placeholderData: (before) => before,
  });
  return (
    <>
      <PageBar title={t("collectionBoard")} asOf={data?.asOf}>
        {data === undefined ? null : <DaySpan from={data.from} to={data.to} onChange={narrow} />}
        <AreaChoice area={area} onChange={narrow} />
        <Segmented
          aria-label={t("by")}
          value={wayOf(search.by)}
          options={WAYS.map((way) => ({ value: way, label: t(LABEL[way]) }))}
          onChange={(way) => narrow({ by: way })}
        />
        <SavedFilters except={["from", "to"]} />
      </PageBar>
      <Problem error={error} again={() => void refetch()} />
      {data === undefined ? null : (
        <ReportView
          report={data.report}
          said={{
            words: data.words,
            values: data.values,
            params: { from: data.from, to: data.to, ...(area === undefined ? {} : { area }) },
          }}
        />
      )}
    </>
  );
};
