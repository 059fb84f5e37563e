/** Who is signed in, and what this login may do. */
import { useQuery } from "@tanstack/react-query";
import { call, forget } from "./client.ts";
import { setHouseTime } from "./house-time.ts";
import { keepCopy, leaveToOthers, ownPhone, readCopy } from "./offline/copies.ts";
import { isPending } from "./pending.ts";
import { noAnswer, problemOf } from "./problem.ts";
import type { Answer } from "./types.ts";

export type Session = Answer<"get", "/session">;
export type Role = Session["roles"][number];

const COPY = "session";
/** The key under which the session is kept. */
export const SESSION = ["get", "/session", {}] as const;

/** A manager's phone keeps who is signed in, so that the day goes on without signal; everything else forgets at once. */
const keepSession = async (session: Session): Promise<void> => {
  // Whoever signs in here, finds nothing of the one before, whatever either of them is.
  await leaveToOthers(session.login);
  if (!session.roles.includes("area-manager") || isPending(session)) return;
  await ownPhone(session.login, session.boundDevice);
  await keepCopy(COPY, session);
};

const readSession = async (): Promise<Session> => {
  // A browser that keeps nothing is a desk like any other.
  const copy = await readCopy<Session>(COPY).catch(() => undefined);
  try {
    // Who has a copy does not wait for a line that is as good as none.
    const signal = copy === undefined ? {} : { signal: AbortSignal.timeout(6000) };
    const { data } = await call.GET("/session", signal);
    if (data === undefined) throw noAnswer();
    // Before any page hears of the session: none is drawn by the clock of this machine.
    setHouseTime(data.now);
    await keepSession(data).catch(() => undefined);
    return data;
  } catch (error) {
    if (copy === undefined || problemOf(error).facts.status !== 0) throw error;
    // A clock that was set back since then says nothing of how long it is; it is later, whatever it says.
    const since = Math.max(0, Date.now() - copy.at);
    const now = new Date(Date.parse(copy.value.now) + since).toISOString();
    setHouseTime(now);
    return { ...copy.value, now };
  }
};

/** The session, or what stands in its way; read once and kept, because rights change rarely and the server checks each call. */
export const useSessionQuery = () =>
  useQuery({
    queryKey: SESSION,
    queryFn: readSession,
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: true,
    refetchOnReconnect: true,
    networkMode: "always",
  });

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

/** One browser has one login: what one tab does with it, all of them hear. */
type Told = { readonly kind: "out" } | { readonly kind: "in"; readonly login: string };
const channel = new BroadcastChannel("nuan-session");

// The rule means windows; a channel reaches this origin only.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const tell = (told: Told): void => channel.postMessage(told);

export const tellSignedOut = (): void => tell({ kind: "out" });
export const tellSignedIn = (login: string): void => tell({ kind: "in", login });

/** Told when another tab signed out or in; not of what this tab did. */
export const onOtherTab = (listener: (told: Told) => void): (() => void) => {
  const hear = ({ data }: MessageEvent<Told>): void => listener(data);
  channel.addEventListener("message", hear);
  return () => channel.removeEventListener("message", hear);
};
