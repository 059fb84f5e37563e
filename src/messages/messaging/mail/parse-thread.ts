/** The thread in which mails are parsed: takes bytes, gives what was read or why not. Started by parse-apart.ts. */
import { parentPort } from "node:worker_threads";
import { parseMail } from "./parse-mail.ts";

const answer = (outcome: object): void => parentPort?.postMessage(outcome, []);

parentPort?.on("message", (bytes: Uint8Array) => {
  parseMail(bytes).then(
    (mail) => answer({ mail }),
    (error: unknown) => answer({ problem: error instanceof Error ? error.message : String(error) }),
  );
});
