/** Service: calls, lost calls and how soon they were called back, clocks kept and broken, first contact, satisfaction. */
import { getRouteApi } from "@tanstack/react-router";
import { api } from "#web/api/client.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { AreaChoice, DaySpan, useNarrow } from "./filters.tsx";
import { ReportView } from "./report-view.tsx";
import { words } from "./words.ts";

const route = getRouteApi("/inside/boards/service");
const EVERY_MINUTE = 60_000;

export const ServiceBoard = () => {
  const t = words.useWords();
  const search = route.useSearch();
  const narrow = useNarrow("/boards/service", search);
  const { from, to, area } = search;
  const query = { from, to, area };
  const { data, error, refetch } = api.useQuery(
    "get",
    "/boards/service",
    { params: { query } },
    { refetchInterval: EVERY_MINUTE, placeholderData: (before) => before },
  );
  return (
    <>
      <PageBar title={t("serviceBoard")} readAt={data === undefined ? undefined : Date.parse(data.asOf)}>
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
