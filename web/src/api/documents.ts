/** Papers and files: a page or PDF in a tab of its own, an export as a download. */
import { tellSessionEnded } from "./client.ts";
import { withBoundPhone } from "./offline/bound-phone.ts";
import { noAnswer, problemOfResponse } from "./problem.ts";
import { askProof, withStepUp } from "./step-up.ts";

/** Opens a printable page or PDF of the API (`/bills/17/print.pdf`) in a new tab. */
export const openDocument = (path: string): void => {
  window.open(`/api/v1${path}`, "_blank", "noopener");
};

/** Sends, asks for a fresh proof where one is needed, and gives the answer of success. @throws ApiProblem */
const send = async (path: string, options: RequestInit): Promise<Response> => {
  const response = await withStepUp(() =>
    withBoundPhone(() => fetch(`/api/v1${path}`, { ...options, credentials: "same-origin" })).catch(() => {
      throw noAnswer();
    }),
  );
  if (response.ok) return response;
  const problem = await problemOfResponse(response);
  if (problem.code === "auth.required") tellSessionEnded();
  throw problem;
};

/**
 * Opens a page that the API shows after a fresh proof alone (a form with somebody's name in clear): a tab of its own cannot ask, so the person is
 * asked here, before it opens. Nothing opens when the person thinks better of it. @throws ApiProblem
 */
export const openProved = async (path: string): Promise<void> => {
  const session = (await (await send("/session", { headers: { "X-Nuan": "1" } })).json()) as {
    now: string;
    provedUntil: string | null;
  };
  const isProved = session.provedUntil !== null && Date.parse(session.now) < Date.parse(session.provedUntil);
  if (isProved || (await askProof())) openDocument(path);
};

const nameIn = (response: Response): string | undefined => {
  const said = response.headers.get("content-disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1];
  return encoded === undefined ? /filename="?([^";]+)"?/i.exec(said)?.[1] : decodeURIComponent(encoded);
};

type DownloadOptions = {
  readonly body?: unknown;
  /** Of the file, should the server name none. */
  readonly name: string;
  /** Told how many bytes have come. */
  readonly progress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
};

/** The file as it comes, counted. A line that breaks in the middle gives no half file. @throws ApiProblem */
const arriving = async (response: Response, progress: (bytes: number) => void): Promise<Blob> => {
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      progress(bytes);
      controller.enqueue(chunk);
    },
  });
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  const whole = new Response(response.body?.pipeThrough(counting) ?? null, {
    headers: { "Content-Type": type },
  });
  return whole.blob().catch(() => {
    throw noAnswer();
  });
};

/** Sends `body`, where there is one, to a route that answers a file and hands it to the browser. @throws ApiProblem */
export const download = async (path: string, options: DownloadOptions): Promise<void> => {
  const response = await send(path, {
    method: options.body === undefined ? "GET" : "POST",
    headers: { "X-Nuan": "1", ...(options.body === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const address = URL.createObjectURL(await arriving(response, options.progress ?? (() => undefined)));
  const link = document.createElement("a");
  link.href = address;
  link.download = nameIn(response) ?? options.name;
  link.click();
  URL.revokeObjectURL(address);
};

/** Orders what a worker makes (an export): the same key is the same order, also after an answer that was lost. @throws ApiProblem */
export const order = async <Answer>(path: string, body: unknown, key: string): Promise<Answer> => {
  const response = await send(path, {
    method: "POST",
    headers: { "X-Nuan": "1", "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
};

/** Sends a file's bytes to a route that takes them raw (an upload). @throws ApiProblem */
export const upload = async <Answer>(
  path: string,
  file: Blob,
  options: {
    key?: string;
    signal?: AbortSignal;
    /** Its own name, for a route that keeps it. */ name?: string;
  } = {},
): Promise<Answer> => {
  const response = await send(path, {
    method: "POST",
    headers: {
      "X-Nuan": "1",
      "Content-Type": file.type === "" ? "application/octet-stream" : file.type,
      ...(options.name === undefined ? {} : { "X-File-Name": encodeURIComponent(options.name) }),
      ...(options.key === undefined ? {} : { "Idempotency-Key": options.key }),
    },
    body: file,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return (await response.json()) as Answer;
};
