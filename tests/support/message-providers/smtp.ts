/**
 * A real SMTP server on this machine that does what a test tells it: takes, refuses at each step, or cuts the line before or
 * after the mail was whole. It keeps its own log of what it truly took.
 */
import type { AddressInfo, Socket } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerSession } from "smtp-server";

export type MailBehaviour =
  | "accept"
  /** 451 to MAIL FROM. */
  | "busy"
  /** 550 to RCPT TO. */
  | "no-such-box"
  /** 550 to the sender: ours is not one of its own. */
  | "no-such-sender"
  /** 550 5.7.1 to the recipient: it carries nothing further for us. */
  | "no-relay"
  /** 554 to the end of the data. */
  | "refuse-content"
  /** The line is cut in the middle of the data: not taken. */
  | "cut-in-data"
  /** Taken, and the line is cut before the answer. */
  | "cut-after-data"
  /** Taken, and no answer comes. */
  | "hang-after-data";

export type TakenMail = {
  readonly from: string;
  readonly to: readonly string[];
  /** Without brackets. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: Buffer }[];
  readonly raw: string;
};

export type SmtpSimulator = {
  readonly port: number;
  /** `smtp://127.0.0.1:PORT`, with a login. */
  readonly url: string;
  readonly taken: readonly TakenMail[];
  /** Connections that were opened. */
  readonly connections: () => number;
  /** For the n-th mail (from 0). */
  behave(script: (mail: number) => MailBehaviour): void;
  stop(): Promise<void>;
};

export const SMTP_LOGIN = { user: "service@heat.example.com", password: "a-password-for-tests" } as const;

const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });

const read = async (raw: Buffer, session: SMTPServerSession): Promise<TakenMail> => {
  const mail = await simpleParser(raw);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false ? "" : (mailFrom.address ?? ""),
    to: rcptTo.map(({ address }) => address ?? ""),
    messageId: (mail.messageId ?? "").replace(/^<|>$/g, ""),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: typeof mail.html === "string" ? mail.html : "",
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      name: filename ?? "",
      type: contentType,
      bytes: content,
    })),
    raw: raw.toString("utf8"),
  };
};

type Session = SMTPServerSession & { behaviour?: MailBehaviour };

export const startSmtpSimulator = async (): Promise<SmtpSimulator> => {
  const taken: TakenMail[] = [];
  const sockets = new Map<number, Socket>();
  let script: (mail: number) => MailBehaviour = () => "accept";
  let mails = 0;
  let connections = 0;

  const cut = (session: SMTPServerSession): void => void sockets.get(session.remotePort)?.resetAndDestroy();

  const server = new SMTPServer({
    authOptional: false,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    closeTimeout: 100,
    onAuth({ username, password }, _session, callback) {
      const known = username === SMTP_LOGIN.user && password === SMTP_LOGIN.password;
      callback(known ? null : refusal(535, "who are you"), known ? { user: username } : undefined);
    },
    onMailFrom(_address, session: Session, callback) {
      session.behaviour = script(mails++);
      if (session.behaviour === "no-such-sender") callback(refusal(550, "5.1.8 sender unknown"));
      else callback(session.behaviour === "busy" ? refusal(451, "come later") : null);
    },
    onRcptTo(_address, session: Session, callback) {
      if (session.behaviour === "no-relay") callback(refusal(550, "5.7.1 relaying denied"));
      else callback(session.behaviour === "no-such-box" ? refusal(550, "no such box") : null);
    },
    onData(stream, session: Session, callback) {
      const { behaviour } = session;
      if (behaviour === "cut-in-data") {
        stream.once("data", () => cut(session));
        stream.resume();
        return;
      }
      const take = async (): Promise<void> => {
        const parts: Buffer[] = [];
        for await (const part of stream) parts.push(part as Buffer);
        if (behaviour === "refuse-content") return callback(refusal(554, "not this"));
        taken.push(await read(Buffer.concat(parts), session));
        if (behaviour === "cut-after-data") cut(session);
        else if (behaviour !== "hang-after-data") callback();
      };
      void take();
    },
  });
  // A line that we cut ourselves is no news.
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => {
    connections += 1;
    if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const login = `${encodeURIComponent(SMTP_LOGIN.user)}:${SMTP_LOGIN.password}`;
  return {
    port,
    url: `smtp://${login}@127.0.0.1:${port}`,
    taken,
    connections: () => connections,
    behave: (next) => {
      script = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
