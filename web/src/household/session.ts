/** Who sits in front of the page: the homes that it may show. */
import { useQuery } from "@tanstack/react-query";
import { call, onSessionEnded, queryClient } from "#web/api/client.ts";
import { setHouseTime } from "#web/api/house-time.ts";
import { ApiProblem } from "#web/api/problem.ts";
import type { Answer } from "#web/api/types.ts";
import { forgetDrafts } from "#web/furniture/use-draft.ts";

export type Session = Answer<"get", "/me/session">;

type Standing = {
  /** Null: nobody is signed in. */
  readonly session: Session | null;
  /** Somebody was, and the server ended it. */
  readonly ended: boolean;
};

const KEY = ["household-session"];
const standing = (): Standing | undefined => queryClient.getQueryData<Standing>(KEY);
const wasSignedIn = (): boolean => (standing()?.session ?? null) !== null;

const readSession = async (): Promise<Standing> => {
  try {
    const { data } = await call.GET("/me/session");
    if (data === undefined) return { session: null, ended: false };
    setHouseTime(data.now);
    return { session: data, ended: false };
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== "auth.required") throw error;
    return { session: null, ended: standing()?.ended ?? false };
  }
};

export const useSession = () => useQuery({ queryKey: KEY, queryFn: readSession, staleTime: 60_000 });

// Whoever never signed in here was not signed out either.
onSessionEnded(() => {
  if (wasSignedIn()) queryClient.setQueryData<Standing>(KEY, { session: null, ended: true });
});

/** Everything is read anew: somebody signed in, or a home came or went. */
export const readAnew = (): Promise<void> => queryClient.invalidateQueries();

/** Signs out, and forgets everything that was shown. */
export const signOut = async (): Promise<void> => {
  await call.DELETE("/me/session");
  forgetDrafts();
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  queryClient.setQueryData<Standing>(KEY, { session: null, ended: false });
};
