/**
 * A mail server for tests: Debian's Dovecot (`apt-get install dovecot-imapd`) on ports of its own, with one mailbox in a
 * temporary folder, gone with the run. Mail is delivered as a local delivery agent does: into the maildir, whole or not at all.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect as connectTo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { MailboxConfig } from "#src/platform/config-mail.ts";
import { endServer, freePort } from "./outside-server.ts";

const DOVECOT = "/usr/sbin/dovecot";
export const hasDovecot = (): boolean => existsSync(DOVECOT) && existsSync("/usr/lib/dovecot/imap");

export const MAIL_USER = "kefu@heat.example.com";
const PASSWORD = "a-pass/word@with+signs";

export type TestDovecot = {
  /** In clear on this machine, as the settings give it. */
  readonly config: MailboxConfig;
  /** With TLS; the certificate is signed by itself. */
  readonly tlsConfig: MailboxConfig;
  /** As MAIL_IMAP_URL. */
  readonly url: string;
  /** The certificate, for MAIL_CA_FILE. */
  readonly certificate: string;
  /** Puts a mail into the mailbox. */
  deliver(raw: string | Uint8Array): void;
  /** How many lie there, and how many of them are flagged as read. */
  count(): { readonly mails: number; readonly seen: number };
  /** The mailbox is rebuilt: the same mails under a new UIDVALIDITY. */
  forgetUids(): Promise<void>;
  /** Ends the server and every connection. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

/** A busy machine takes its time; a server that has ended says why. */
const MOST_TRIES = 2400;

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTo(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

const isRoot = process.getuid?.() === 0;
const idOf = (flag: string, name: string): number =>
  Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout.trim());

/** Dovecot drops its rights to accounts that its package brings; without root it stays with the only one it may be. */
const accounts = (): string =>
  isRoot
    ? ""
    : `default_login_user = ${userInfo().username}
default_internal_user = ${userInfo().username}
default_internal_group = ${spawnSync("id", ["-gn"], { encoding: "utf8" }).stdout.trim()}
service anvil {
  chroot =
}
service imap-login {
  chroot =
}`;

const settingsOf = (
  folder: string,
  ports: { imap: number; imaps: number },
  ids: { uid: number; gid: number },
): string => `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
mail_location = maildir:${folder}/mail
first_valid_uid = 1
first_valid_gid = 0
auth_failure_delay = 0
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${ids.uid} gid=${ids.gid} home=${folder}/home
}
${accounts()}
`;

/** Starts it. Refuses with what to install where there is none. */
export const startDovecot = async (): Promise<TestDovecot> => {
  if (!hasDovecot()) throw new Error("Dovecot is not installed: apt-get install dovecot-imapd");
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-dovecot-"));
  chmodSync(folder, 0o755);
  const ids = isRoot
    ? { uid: idOf("-u", "nobody"), gid: idOf("-g", "nobody") }
    : { uid: userInfo().uid, gid: userInfo().gid };
  for (const name of ["mail", "mail/tmp", "mail/new", "mail/cur", "home"]) {
    mkdirSync(path.join(folder, name));
    chownSync(path.join(folder, name), ids.uid, ids.gid);
  }
  const certificate = path.join(folder, "cert.pem");
  const made = spawnSync(
    "openssl",
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${folder}/key.pem -out ${certificate}`.split(
      " ",
    ),
    { encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  const ports = { imap: await freePort(), imaps: await freePort() };
  const settings = path.join(folder, "dovecot.conf");
  writeFileSync(settings, settingsOf(folder, ports, ids));

  let server: ChildProcess | undefined;
  const up = async (): Promise<void> => {
    const started = spawn(DOVECOT, ["-F", "-c", settings], { stdio: ["ignore", "ignore", "pipe"] });
    server = started;
    let said = "";
    started.stderr.on("data", (text: Buffer) => {
      said += text.toString();
    });
    for (let tries = 0; !(await listens(ports.imap)); tries += 1) {
      if (tries > MOST_TRIES || started.exitCode !== null) throw new Error(`Dovecot does not start: ${said}`);
      await delay(25);
    }
  };
  const down = async (): Promise<void> => {
    const running = server;
    server = undefined;
    await endServer(running, "SIGTERM");
  };
  process.once("exit", () => server?.kill("SIGTERM"));
  await up();

  const config: MailboxConfig = {
    host: "127.0.0.1",
    port: ports.imap,
    secure: false,
    onThisMachine: true,
    user: MAIL_USER,
    password: PASSWORD,
    folder: "INBOX",
    ownAddresses: [MAIL_USER],
    caFile: undefined,
  };
  let delivered = 0;
  return {
    config,
    tlsConfig: { ...config, host: "localhost", port: ports.imaps, secure: true },
    url: `imap://${encodeURIComponent(MAIL_USER)}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${ports.imap}`,
    certificate,
    deliver: (raw) => {
      delivered += 1;
      const name = `${1_800_000_000 + delivered}.M${process.pid}P${delivered}.test`;
      const draft = path.join(folder, "mail/tmp", name);
      writeFileSync(draft, raw);
      chownSync(draft, ids.uid, ids.gid);
      renameSync(draft, path.join(folder, "mail/new", name));
    },
    count: () => {
      const fresh = readdirSync(path.join(folder, "mail/new"));
      const known = readdirSync(path.join(folder, "mail/cur"));
      return {
        mails: fresh.length + known.length,
        seen: known.filter((name) => /:2,[A-Z]*S/.test(name)).length,
      };
    },
    forgetUids: async () => {
      await down();
      for (const name of readdirSync(path.join(folder, "mail"))) {
        if (name.startsWith("dovecot")) rmSync(path.join(folder, "mail", name));
      }
      // Its new value is the second in which it is made: another second is another value.
      await delay(1100);
      await up();
    },
    down,
    up,
    stop: async () => {
      await down();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
