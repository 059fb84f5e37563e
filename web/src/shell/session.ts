/** Who is signed in, and what this login may do. */
import { useEffect } from "react";
import { api, forget } from "#web/api/client.ts";
import { setHouseTime } from "#web/api/house-time.ts";
import type { Answer } from "#web/api/types.ts";

export type Session = Answer<"get", "/session">;
export type Role = Session["roles"][number];

/** The session, or what stands in its way; read once and kept, because rights change rarely and the server checks each call. */
export const useSessionQuery = () => {
  const query = api.useQuery(
    "get",
    "/session",
    {},
    { staleTime: 60_000, retry: false, refetchOnWindowFocus: true },
  );
  const now = query.data?.now;
  useEffect(() => {
    if (now !== undefined) setHouseTime(now);
  }, [now]);
  return query;
};

/** For pages below the gate, where somebody is signed in. */
export const useSession = (): Session => {
  const { data } = useSessionQuery();
  if (data === undefined) throw new Error("a page outside the gate asked who is signed in");
  return data;
};

export const useMay = (): ((permission: string) => boolean) => {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
};

export const readSessionAgain = (): Promise<void> => forget("/session");
