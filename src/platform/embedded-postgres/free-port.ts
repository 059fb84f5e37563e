import { createServer } from "node:net";

/** Whether somebody could listen on this address now; says why not by the operating system's code (`EADDRINUSE`). */
export const probePort = async (
  host: string,
  port: number,
): Promise<{ port: number } | { refused: string }> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve({ port: found }));
    });
  });

/** A free port on 127.0.0.1: the wanted one when it is free, else any. Another process may still take it first. */
export const choosePort = async (wanted: number | undefined): Promise<number> => {
  const first = await probePort("127.0.0.1", wanted ?? 0);
  if ("port" in first) return first.port;
  const second = await probePort("127.0.0.1", 0);
  if ("port" in second) return second.port;
  throw new Error(`no free port on 127.0.0.1 (${second.refused})`);
};
