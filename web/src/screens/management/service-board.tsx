/** Service: calls, lost calls and how soon they were called back, clocks kept and broken, first contact, satisfaction. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { boardReads } from "./board-reads.ts";
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
  const { data, error, refetch } = useQuery({
    ...boardReads.service(search),
    refetchInterval: EVERY_MINUTE,
    placeholderData: (before) => before,
  });
  return (
    <ReportPage
      title={t("serviceBoard")}
      shown={data}
      area={search.area}
      narrow={narrow}
      error={error}
      again={() => void refetch()}
    />
  );
};
