/** One case as it is read, and what is read anew after each change of it. */
import { useEffect, useRef } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";

export type Ticket = Answer<"get", "/tickets/{ticketNo}">;

export const forgetTicket = (): Promise<void> =>
  forget(
    "/tickets",
    "/tickets/{ticketNo}",
    "/tickets/{ticketNo}/route",
    "/tickets/{ticketNo}/duplicates",
    "/tickets/{ticketNo}/work-orders",
    "/accounts/{accountNo}/overview",
  );

export const useTicket = (ticketNo: string) => {
  useLive(["ticket.changed", "ticket.assigned"], () => void forgetTicket());
  const answer = api.useQuery(
    "get",
    "/tickets/{ticketNo}",
    { params: { path: { ticketNo } } },
    // Nobody has it yet: whoever gets it is chosen within seconds, and only that person is told.
    { refetchInterval: ({ state }) => (state.data?.state === "new" ? 2000 : false) },
  );
  const { data } = answer;
  const lies = data === undefined ? undefined : `${data.state} ${data.owner}`;
  const lay = useRef(lies);
  useEffect(() => {
    // It went to somebody else: why, is read anew.
    if (lay.current !== undefined && lies !== lay.current) void forget("/tickets/{ticketNo}/route");
    lay.current = lies;
  }, [lies]);
  return answer;
};

/** `If-Match` of what was read. */
export const seen = (version: number): { readonly "If-Match": string } => ({ "If-Match": `"${version}"` });
