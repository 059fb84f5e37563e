/** The API as a program of the test uses it: to prepare a town, and to look at what arrived. */
import { PASSWORD } from "./town.ts";

export type Api = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown, more?: { ifMatch?: number }): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
};

/** Signed in as somebody of the demo town. Fails with what the server said. */
export const apiAs = async (url: string, login: string): Promise<Api> => {
  const headers = { "X-Nuan": "1", Origin: url, "Content-Type": "application/json" };
  const entered = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ login, password: PASSWORD }),
  });
  const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  let key = 0;
  const send = async (path: string, more: RequestInit): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v1${path}`, more);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${login} ${more.method ?? "GET"} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    get: async <T>(path: string) => (await send(path, { headers: { ...headers, cookie } })) as T,
    patch: async <T>(path: string, body: unknown) =>
      (await send(path, {
        method: "PATCH",
        headers: { ...headers, cookie },
        body: JSON.stringify(body),
      })) as T,
    post: async <T>(path: string, body: unknown, more: { ifMatch?: number } = {}) =>
      (await send(path, {
        method: "POST",
        headers: {
          ...headers,
          cookie,
          "Idempotency-Key": `${login}-${process.pid}-${(key += 1)}-${path}`,
          ...(more.ifMatch === undefined ? {} : { "If-Match": `"${more.ifMatch}"` }),
        },
        body: JSON.stringify(body),
      })) as T,
  };
};
