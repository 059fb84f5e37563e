/**
 * The typed client of the API, made from the generated types. `api.useQuery("get", "/tickets", { params })` reads,
 * `api.useMutation("post", "/tickets")` writes, `call.GET(...)` is for what is neither. Every refusal is thrown as an `ApiProblem`.
 */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import createClient, { type Middleware } from "openapi-fetch";
import createReactClient from "openapi-react-query";
import { setHouseTime } from "./house-time.ts";
import { tellLine } from "./line.ts";
import { withBoundPhone } from "./offline/bound-phone.ts";
import { pressedOnce } from "./pressed-twice.ts";
import { ApiProblem, noAnswer, problemOfResponse } from "./problem.ts";
import type { paths } from "./schema.ts";
import { withStepUp } from "./step-up.ts";

type Listener = () => void;
const endedListeners = new Set<Listener>();

/** Told when the server says that the session is over; the shell asks for the password above the page as it stands. */
export const onSessionEnded = (listener: Listener): (() => void) => {
  endedListeners.add(listener);
  return () => void endedListeners.delete(listener);
};
export const tellSessionEnded = (): void => endedListeners.forEach((listener) => listener());

const ours: Middleware = {
  onRequest: ({ request }) => {
    // No form and no link of another site can set it.
    request.headers.set("X-Nuan", "1");
    return request;
  },
  onResponse: async ({ response, schemaPath }) => {
    tellLine(true);
    const now = response.headers.get("x-nuan-time");
    if (now !== null) setHouseTime(now);
    if (response.ok) return;
    const problem = await problemOfResponse(response);
    if (problem.code === "auth.required" && schemaPath !== "/session") tellSessionEnded();
    throw problem;
  },
  onError: ({ error }) => {
    if (error instanceof ApiProblem) return error;
    // Whoever gives up a question has not lost the line.
    if (!(error instanceof DOMException && error.name === "AbortError")) tellLine(false);
    return noAnswer();
  },
};

export const call = createClient<paths>({
  baseUrl: "/api/v1",
  credentials: "same-origin",
  // A body is read once: what may be sent again is a copy.
  fetch: pressedOnce((request) => withStepUp(() => withBoundPhone(() => fetch(request.clone())))),
});
call.use(ours);

export const api = createReactClient(call);

/** A refusal stays one however often it is asked; only silence and an overloaded server are asked again. */
const mayAskAgain = (failures: number, error: unknown): boolean =>
  failures < 2 && error instanceof ApiProblem && (error.facts.status === 0 || error.facts.status >= 502);

export const queryClient = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: { retry: mayAskAgain, staleTime: 5000, refetchOnWindowFocus: false },
    // What changes something is repeated by the person who sees the problem, with the same key.
    mutations: { retry: false },
  },
});

/** Everything of these routes is read anew: `forget("/tickets", "/tickets/{ticketNo}")`; all of it without a name. */
export const forget = (...routes: (keyof paths)[]): Promise<void> =>
  queryClient.invalidateQueries(
    routes.length === 0 ? {} : { predicate: ({ queryKey }) => routes.includes(queryKey[1] as keyof paths) },
  );
