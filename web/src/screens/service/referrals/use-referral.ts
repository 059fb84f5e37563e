/** One order of an authority as it is read, and what is read anew after each change of it. */
import { api, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";

export type Referral = Answer<"get", "/referrals/{id}">;

export const forgetReferrals = (): Promise<void> =>
  forget("/referrals", "/referrals/{id}", "/tickets", "/tickets/{ticketNo}");

export const useReferral = (id: string) => {
  useLive(["ticket.changed"], () => void forget("/referrals/{id}"));
  // The second person signs somewhere else.
  return api.useQuery("get", "/referrals/{id}", { params: { path: { id } } }, { refetchInterval: 30_000 });
};

export const useAuthorities = () => {
  const { data, error } = api.useQuery("get", "/referral-authorities", {}, { staleTime: 600_000 });
  return { authorities: (data?.authorities ?? []).filter(({ active }) => active), error };
};
