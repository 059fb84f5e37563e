/** One incident as it is read, and what is read anew after each change of it. */
import { api, forget } from "#web/api/client.ts";
import { INCIDENT_TOPICS } from "#web/api/topics.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";
import { language } from "#web/words/words.ts";

export type Incident = Answer<"get", "/incidents/{id}">;

export const forgetIncidents = (): Promise<void> =>
  forget(
    "/incidents",
    "/incidents/{id}",
    "/incidents/{id}/tickets",
    "/incidents/{id}/buildings",
    "/incidents/{id}/evidence",
  );

export const useIncident = (id: string) => {
  useLive([...INCIDENT_TOPICS, "ticket.changed"], () => void forgetIncidents());
  return api.useQuery("get", "/incidents/{id}", { params: { path: { id } } }, { refetchInterval: 10_000 });
};

/** What is said, in the reader's language. */
export const saidOf = ({ script, scriptEn }: { script: string; scriptEn: string }): string =>
  language() === "en" ? scriptEn : script;
