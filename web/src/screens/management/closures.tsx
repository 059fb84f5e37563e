/** The ledger (台账): what was reported, what we found, what is closed; 1,786 of 1,787 is 99.94 %. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { boardReads } from "./board-reads.ts";
import { useNarrow } from "./filters.tsx";
import { ReportPage } from "./report-page.tsx";
import { narrowed } from "./narrowing.ts";
import { words } from "./words.ts";

const route = getRouteApi("/inside/closures");

export const Closures = () => {
  const t = words.useWords();
  const search = narrowed(route.useSearch());
  const narrow = useNarrow("/closures", search);
  const { data, error, refetch } = useQuery({
    ...boardReads.closures(search),
    placeholderData: (before) => before,
  });
  return (
    <ReportPage
      title={t("closures")}
      shown={data}
      area={search.area}
      narrow={narrow}
      error={error}
      again={() => void refetch()}
    />
  );
};
