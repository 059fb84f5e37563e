/**
 * Parsing apart from the rest of the process: a mail that eats memory or time ends its thread, and nothing else. One thread
 * serves many mails, one after the other, and is opened anew after it was ended.
 */
import { Worker } from "node:worker_threads";
import type { ParsedCustomerMail } from "./parse-mail.ts";

export type ParseOutcome =
  | { readonly mail: ParsedCustomerMail }
  /** `mail.unreadable`, `mail.too-slow`, `mail.too-hungry`, with what is known. */
  | { readonly reason: string; readonly problem: string };

export type MailParserApart = {
  parse(bytes: Uint8Array): Promise<ParseOutcome>;
  close(): Promise<void>;
};

type Answer = { readonly mail: ParsedCustomerMail } | { readonly problem: string };

const THREAD = new URL("./parse-thread.ts", import.meta.url);

export const openMailParser = (
  limits: { readonly timeoutMs?: number; readonly heapMb?: number } = {},
): MailParserApart => {
  const { timeoutMs = 20_000, heapMb = 384 } = limits;
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const ask = (bytes: Uint8Array): Promise<ParseOutcome> =>
    new Promise((resolve) => {
      const asked = (thread ??= new Worker(THREAD, {
        resourceLimits: { maxOldGenerationSizeMb: heapMb },
        // What libraries print about a mail would name people in the log.
        stdout: true,
        stderr: true,
      }));
      const settle = (outcome: ParseOutcome, isThreadLost: boolean): void => {
        clearTimeout(timer);
        asked.off("message", heard);
        asked.off("error", broke);
        asked.off("exit", ended);
        asked.unref();
        if (isThreadLost) {
          thread = undefined;
          // It is gone already or must go; either way nobody listens to it any more.
          asked.on("error", () => undefined);
          void asked.terminate();
        }
        resolve(outcome);
      };
      const heard = (answer: Answer): void =>
        settle("mail" in answer ? answer : { reason: "mail.unreadable", problem: answer.problem }, false);
      const broke = (error: Error & { code?: string }): void =>
        settle(
          error.code === "ERR_WORKER_OUT_OF_MEMORY"
            ? { reason: "mail.too-hungry", problem: `reading it takes more than ${heapMb} MB` }
            : { reason: "mail.unreadable", problem: error.message },
          true,
        );
      const ended = (): void => settle({ reason: "mail.unreadable", problem: "the reader ended" }, true);
      const timer = setTimeout(
        () =>
          settle({ reason: "mail.too-slow", problem: `reading it takes more than ${timeoutMs} ms` }, true),
        timeoutMs,
      );
      asked.ref();
      asked.on("message", heard);
      asked.on("error", broke);
      asked.on("exit", ended);
      asked.postMessage(bytes, []);
    });

  return {
    parse: (bytes) => {
      const asked = last.then(() => ask(bytes));
      last = asked;
      return asked;
    },
    close: async () => {
      await last;
      await thread?.terminate();
      thread = undefined;
    },
  };
};
