/** What the tests' servers of other makes share: a port of their own, and an end. */
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";

/** A port on this machine that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};

/** Ends it, if it still runs, and waits until it has ended. */
export const endServer = async (
  server: ChildProcess | undefined,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> => {
  if (server === undefined || server.exitCode !== null) return;
  const ended = new Promise((resolve) => {
    server.once("exit", resolve);
  });
  server.kill(signal);
  await ended;
};
