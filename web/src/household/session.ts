/** Who sits in front of the page: the homes that it may show. */
import { api, call, queryClient } from "#web/api/client.ts";
import { setHouseTime } from "#web/api/house-time.ts";
import { ApiProblem } from "#web/api/problem.ts";
import type { Answer } from "#web/api/types.ts";

export type Session = Answer<"get", "/me/session">;
export type Home = Session["homes"][number];

/** Undefined while it is read; null: nobody is signed in. */
export const useSession = () => {
  const query = api.useQuery("get", "/me/session", {}, { staleTime: 60_000, retry: 1 });
  const isNobody = query.error instanceof ApiProblem && query.error.code === "auth.required";
  if (query.data !== undefined && !isNobody) setHouseTime(query.data.now);
  return { query, session: isNobody ? null : query.data };
};

/** Everything is read anew: somebody signed in, or a home came or went. */
export const readAnew = (): Promise<void> => queryClient.invalidateQueries();

/** Signs out, and forgets everything that was shown. */
export const signOut = async (): Promise<void> => {
  await call.DELETE("/me/session");
  queryClient.clear();
};
