/** Service: calls, lost calls and how soon they were called back, clocks kept and broken, first contact, satisfaction. */
import { getRouteApi } from "@tanstack/react-router";
import { api } from "#web/api/client.ts";
import { useNarrow } from "./filters.tsx";
import { ReportPage } from "./report-page.tsx";
import { narrowed } from "./narrowing.ts";
import { words } from "./words.ts";

const route = getRouteApi("/inside/boards/service");
const EVERY_MINUTE = 60_000;

export const ServiceBoard = () => {
  const t = words.useWords();
  const search = narrowed(route.useSearch());
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
    <ReportPage
      title={t("serviceBoard")}
      shown={data}
      area={area}
      narrow={narrow}
      error={error}
      again={() => void refetch()}
    />
  );
};
