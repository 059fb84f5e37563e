/** A client of HTTP on loopback that takes next to nothing of the two cores that it shares with the server. */
import { once } from "node:events";
import net from "node:net";

/**
 * One keep-alive connection that sends a request and waits for its answer: a few lines instead of Node's HTTP client, which
 * would take as much of the two cores as the server that is measured.
 */
export const connection = async (host: string, port: number) => {
  const socket = net.connect(port, host);
  socket.setNoDelay(true);
  await once(socket, "connect");
  let buffered = "";
  let answered: ((status: number) => void) | undefined;
  let failed: ((error: Error) => void) | undefined;
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    buffered += text;
    const head = buffered.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(buffered.slice(0, head))?.[1] ?? "0");
    if (buffered.length < head + 4 + length) return;
    const status = Number(buffered.slice(9, 12));
    buffered = buffered.slice(head + 4 + length);
    answered?.(status);
  });
  socket.on("error", (error) => failed?.(error));
  return {
    send: (request: string): Promise<number> =>
      new Promise((resolve, reject) => {
        answered = resolve;
        failed = reject;
        socket.write(request, "latin1");
      }),
    close: () => socket.destroy(),
  };
};
