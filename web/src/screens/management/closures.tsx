/** The ledger (台账): what was reported, what we found, what is closed; 1,786 of 1,787 is 99.94 %. */
import { getRouteApi } from "@tanstack/react-router";
import { api } from "#web/api/client.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { AreaChoice, DaySpan, useNarrow } from "./filters.tsx";
import { ReportView } from "./report-view.tsx";
import { words } from "./words.ts";

const route = getRouteApi("/inside/closures");

export const Closures = () => {
  const t = words.useWords();
  const search = route.useSearch();
  const narrow = useNarrow("/closures", search);
  const { from, to, area } = search;
  const { data, error, refetch } = api.useQuery(
    "get",
    "/boards/closures",
    { params: { query: { from, to, area } } },
    { placeholderData: (before) => before },
  );
  return (
    <>
      <PageBar title={t("closures")} readAt={data === undefined ? undefined : Date.parse(data.asOf)}>
        {data === undefined ? null : <DaySpan from={data.from} to={data.to} onChange={narrow} />}
        <AreaChoice area={area} onChange={narrow} />
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
