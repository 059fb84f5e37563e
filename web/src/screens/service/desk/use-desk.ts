/** The agent's telephone and the calls that are not written down yet, read anew when the exchange tells something. */
import { api, forget } from "#web/api/client.ts";
import { INCIDENT_TOPICS } from "#web/api/topics.ts";
import type { Answer } from "#web/api/types.ts";
import { useLive } from "#web/api/use-live.ts";

type Desk = Answer<"get", "/hotline/session">;
export type Call = Desk["calls"][number];
export type AgentSession = NonNullable<Desk["session"]>;
export type Pop = Answer<"get", "/hotline/calls/{id}/pop">;
export type Household = NonNullable<Pop["household"]>;
export type WrapUpCode = NonNullable<Call["wrapUp"]>;

const NO_CALLS: readonly Call[] = [];

export const forgetCalls = (): Promise<void> =>
  forget("/hotline/session", "/hotline/calls/{id}", "/hotline/calls/{id}/pop");

export const useDesk = () => {
  const { data, error } = api.useQuery("get", "/hotline/session", {}, { refetchInterval: 60_000 });
  useLive(
    ["hotline.pop", "hotline.call", "hotline.agents"],
    () => void forget("/hotline/session", "/hotline/calls/{id}"),
  );
  // What is said to the caller is what holds now: an incident may be opened in the middle of the talk.
  useLive(INCIDENT_TOPICS, () => void forget("/hotline/calls/{id}/pop"));
  return {
    session: data?.session ?? null,
    calls: data?.calls ?? NO_CALLS,
    isRead: data !== undefined,
    error,
  };
};
