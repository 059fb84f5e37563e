/**
 * The worker behind `/sw.js`: keeps the pages of a manager's phone, so that they open without signal. It keeps files of the build and
 * the bare page, never an answer of the API. One cache a version; the old ones go when the new worker takes over. It also takes
 * the text that another app shares, and puts it where the page for a new case finds it.
 */
type Awaiting = Event & { waitUntil(work: Promise<unknown>): void };
type Fetching = Awaiting & { readonly request: Request; respondWith(answer: Promise<Response>): void };
type WorkerScope = {
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: Awaiting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
};
const scope = globalThis as unknown as WorkerScope;

/** Written by the build: the version, and every file that the phone needs. */
const SHELL = JSON.parse("%SHELL%") as { readonly version: string; readonly files: readonly string[] };
const PREFIX = "nuan-shell-";
const CACHE = PREFIX + SHELL.version;
const FIXED = ["/sun.svg", "/manifest.webmanifest"];
/** Longer than this, a line is as good as none. */
const PATIENCE_MS = 4000;
const SHARED = "/my/chat";

const keep = async (): Promise<void> => {
  const cache = await caches.open(CACHE);
  const page = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-cache" });
  if (!page.ok) throw new Error(`the page answered ${page.status}`);
  await cache.put("/", page);
  await cache.addAll([...SHELL.files, ...FIXED]);
};

const forgetOlder = async (): Promise<void> => {
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
};

const fromCache = async (request: string | Request): Promise<Response | undefined> =>
  (await caches.open(CACHE)).match(request);

/** A page comes from the server, or when there is none from here. */
const page = async (request: Request): Promise<Response> => {
  const kept = await fromCache("/");
  if (kept === undefined) return fetch(request);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    // A proxy without the program behind it: the page opens all the same.
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  }
};

/** Files of the build carry a digest of what they hold in their names: what is kept is right for ever. */
const file = async (request: Request): Promise<Response> => {
  const kept = await fromCache(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
};

const putShared = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    // The page has made the store; before that there is no login on this phone, and nothing is kept.
    const opening = indexedDB.open("nuan-phone");
    opening.addEventListener("error", () => reject(opening.error ?? new Error("no store")));
    opening.addEventListener("upgradeneeded", () => opening.transaction?.abort());
    opening.addEventListener("success", () => {
      const writing = opening.result.transaction("copies", "readwrite");
      writing.objectStore("copies").put({ name: "shared", at: Date.now(), value: text });
      writing.addEventListener("complete", () => {
        opening.result.close();
        resolve();
      });
      writing.addEventListener("abort", () => reject(writing.error ?? new Error("not kept")));
    });
  });

const share = async (request: Request): Promise<Response> => {
  const form = await request.formData();
  const text = ["title", "text", "url"]
    .flatMap((name) => {
      const part = form.get(name);
      return typeof part === "string" && part !== "" ? [part] : [];
    })
    .join("\n");
  await putShared(text);
  // In the address stands nothing of what somebody wrote.
  return Response.redirect(SHARED, 303);
};

/** Addresses that are no pages of the console; the household's page is another program. */
const NOT_OURS = /^\/(api|docs|hooks|me|metrics|livez|readyz)(\/|$)/;

scope.addEventListener("install", (event) => event.waitUntil(keep()));
scope.addEventListener("activate", (event) =>
  event.waitUntil(forgetOlder().then(() => scope.clients.claim())),
);
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || NOT_OURS.test(pathname)) return;
  if (request.method === "POST" && pathname === SHARED) return event.respondWith(share(request));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") return event.respondWith(page(request));
  if (pathname.startsWith("/assets/") || FIXED.includes(pathname)) event.respondWith(file(request));
});
