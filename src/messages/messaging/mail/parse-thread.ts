/** The thread in which mails are parsed: takes bytes, gives what was read or why not. Started by parse-apart.ts. */
import { parentPort } from "node:worker_threads";
import { parseMail } from "./parse-mail.ts";

parentPort?.on("message", (bytes: Uint8Array) => {
  parseMail(bytes).then(
    (mail) => parentPort?.postMessage({ mail }),
    (error: unknown) =>
      parentPort?.postMessage({ problem: error instanceof Error ? error.message : String(error) }),
  );
});
