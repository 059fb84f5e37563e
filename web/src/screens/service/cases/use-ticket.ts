/** One case as it is read, and what is read anew after each change of it. */
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
  return api.useQuery("get", "/tickets/{ticketNo}", { params: { path: { ticketNo } } });
};

/** `If-Match` of what was read. */
export const seen = (version: number): { readonly "If-Match": string } => ({ "If-Match": `"${version}"` });
