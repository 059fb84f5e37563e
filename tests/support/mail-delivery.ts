/** A real SMTP server that delivers what it is given into a mailbox, with the envelope's sender as Return-Path. */
import { createTransport, type SendMailOptions } from "nodemailer";
import { SMTPServer } from "smtp-server";
import type { TestDovecot } from "./dovecot.ts";

export type MailDelivery = {
  readonly port: number;
  /** Sends by SMTP; an empty `envelope.from` is the null sender. */
  send(mail: SendMailOptions): Promise<void>;
  stop(): Promise<void>;
};

export const startMailDelivery = async (dovecot: Pick<TestDovecot, "deliver">): Promise<MailDelivery> => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => void parts.push(part));
      stream.on("end", () => {
        const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
        dovecot.deliver(Buffer.concat([Buffer.from(`Return-Path: <${from}>\r\n`), ...parts]));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const transport = createTransport({ host: "127.0.0.1", port: address.port, ignoreTLS: true });
  return {
    port: address.port,
    send: async (mail) => void (await transport.sendMail(mail)),
    stop: async () => {
      transport.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
};
