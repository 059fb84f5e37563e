/** The listening socket: time limits for slow clients, and an end that lets what runs finish. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fail } from "#src/kernel/errors.ts";

export type RunningServer = {
  readonly port: number;
  readonly url: string;
  /** Stops accepting, waits up to `graceMs` for what runs, then cuts what is left. Repeating is safe. */
  stop(graceMs: number): Promise<void>;
};

const SECOND_MS = 1000;

const configure = (server: Server): void => {
  server.requestTimeout = 30 * SECOND_MS;
  server.headersTimeout = 15 * SECOND_MS;
  // Longer than a proxy's usual minute, so that it never sends on a connection that we are closing.
  server.keepAliveTimeout = 75 * SECOND_MS;
  server.maxHeadersCount = 100;
};

const listening = async (server: Server, host: string, port: number): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "EADDRINUSE") {
      fail("start.port-taken", `port ${port} on ${host} is used by another program`, {
        remedy: "set PORT to another number",
      });
    }
    fail("start.port-refused", `cannot listen on ${host} port ${port} (${code})`, {
      remedy: "set HOST to an address of this machine and PORT to a number above 1023",
    });
  } finally {
    server.off("error", reject);
  }
};

/**
 * Listens on `host` and `port` (0 = any free one).
 * @throws DomainError `start.port-taken`, `start.port-refused`
 */
export const serve = async (handler: RequestListener, host: string, port: number): Promise<RunningServer> => {
  const server = createServer(handler);
  configure(server);
  await listening(server, host, port);
  const actual = (server.address() as AddressInfo).port;
  let stopped: Promise<void> | undefined;
  const stop = async (graceMs: number): Promise<void> => {
    const ended = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    // A connection whose answer ends while we stop would be kept alive by its client: it is closed when it falls idle.
    server.closeIdleConnections();
    const sweeper = setInterval(() => server.closeIdleConnections(), 50);
    const limit = new AbortController();
    const late = async (): Promise<void> => {
      try {
        await pause(graceMs, undefined, { signal: limit.signal });
        server.closeAllConnections();
      } catch {
        // Everything ended in time; the wait was called off.
      }
    };
    const over = async (): Promise<void> => {
      await ended;
      clearInterval(sweeper);
      limit.abort();
    };
    await Promise.all([over(), late()]);
  };
  return {
    port: actual,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    stop: async (graceMs) => {
      stopped ??= stop(graceMs);
      await stopped;
    },
  };
};
