import { api } from "#web/api/client.ts";
import { useMay } from "#web/api/session.ts";

/** The open shift of whoever is signed in, as the server knows it; null when there is none. */
export const useOpenShift = () => {
  const may = useMay();
  const query = api.useQuery(
    "get",
    "/shifts",
    { params: { query: { state: "open", own: "true", limit: 1 } } },
    { enabled: may("shift.work") },
  );
  return {
    shift: query.data?.items[0] ?? null,
    isReading: query.isPending,
    error: query.error,
    again: () => void query.refetch(),
  };
};
