import { api } from "#web/api/client.ts";
import { useSession } from "#web/shell/session.ts";

/** The open shift of whoever is signed in; null when there is none. */
export const useOpenShift = () => {
  const { displayName } = useSession();
  const query = api.useQuery("get", "/shifts", { params: { query: { state: "open", limit: 20 } } });
  const shift = query.data?.items.find((one) => one.cashier === displayName && one.state === "open") ?? null;
  return { shift, isReading: query.isPending, error: query.error, again: () => void query.refetch() };
};
