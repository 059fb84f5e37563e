/**
 * A town whose households sit in front of their page: homes with telephones, cards and bills, two wallets behind a simulated
 * gateway, and the whole API over real HTTP.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { routes } from "#src/http/routes.ts";
import { createWalletSimulator, type WalletSimulator } from "#src/money/collection/index.ts";
import type { Platform } from "#src/platform/route.ts";
import { householdCodeSubscriber } from "#src/service/household/index.ts";
import { type Answer, ask, type Edge, startEdge } from "#tests/http/edge.ts";
import { createPayingTown, type PayingTown } from "./collection.ts";
import { handleEvents } from "./handle-events.ts";
import { plantedAccountNo } from "./town.ts";

export const WALLET_SECRET = "the-wallet-and-the-house-share-this-secret";
const CODE = /\d{6}/;

export type Asking = {
  readonly json?: unknown;
  readonly method?: string;
  readonly key?: string;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type HouseholdTown = {
  readonly town: PayingTown;
  readonly platform: Platform;
  readonly edge: Edge;
  readonly wallet: WalletSimulator;
  /** One request to the page's API, as a browser at the page sends it. */
  me(path: string, options?: Asking): Promise<Answer>;
  /** The code that the last message to a home holds; undefined where nothing was queued. */
  codeSentTo(home: number): Promise<string | undefined>;
  /** Signs in by telephone; answers the cookie. */
  signIn(home: number): Promise<string>;
  stop(): Promise<void>;
};

/** The mobile of a home: it ends in 0001, 0002 ... */
export const mobileOf = (home: number): string => `+8613800${String(home).padStart(6, "0")}`;
export const cardOf = (home: number): string => `6217-${String(home).padStart(4, "0")}`;
export const cookieOf = (answer: Answer): string =>
  (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Homes 1 to `homes`; the last one has no telephone. */
export const startHouseholdTown = async (homes = 8): Promise<HouseholdTown> => {
  const town = await createPayingTown(homes);
  const { db } = town;
  await db.owner.sql.run(
    `insert into person_phones (person_id, number, kind, as_written)
     select n, '+8613800' || lpad(n::text, 6, '0'), 'mobile', 'as written' from generate_series(1, :most::int) n`,
    { most: homes - 1 },
  );
  await db.owner.sql.run(
    `insert into account_aliases (account_id, kind, value)
     select n, 'card', '6217-' || lpad(n::text, 4, '0') from generate_series(1, :homes::int) n`,
    { homes },
  );
  await db.owner.sql.run(
    `insert into channels (id, code, name, name_en, kind, real_time)
     values (10, 'wechat', '微信支付', 'WeChat Pay', 'wallet', true), (11, 'alipay', '支付宝', null, 'wallet', true)`,
  );
  let wallet: WalletSimulator | undefined;
  const server = createServer((request, response) => void wallet?.handle(request, response));
  const walletUrl = await listen(server);
  const platform: Platform = {
    ...town.platform,
    webhookSecrets: { wallet: WALLET_SECRET },
    wallet: {
      url: walletUrl,
      secret: WALLET_SECRET,
      simulated: false,
      wechat: { appId: "wx0000000000000000", authorizeUrl: `${walletUrl}/oauth/authorize` },
    },
  };
  // The bound of the edge has its own test; the page counts by itself.
  const edge = await startEdge(platform, routes, {
    limits: { publicWritesPerMinute: 10_000 },
    // A test comes from where it says.
    trustedProxies: ["loopback"],
  });
  wallet = createWalletSimulator({
    secret: WALLET_SECRET,
    now: () => db.clock.now(),
    publicUrl: walletUrl,
    houseOrigin: new URL(platform.publicUrl).origin,
    // The house is told its public address, and listens here.
    report: async (_url, body, headers) => {
      const told = await fetch(`${edge.url}/api/v1/hooks/wallet`, { method: "POST", headers, body });
      if (!told.ok) throw new Error(`the report was answered ${told.status}: ${await told.text()}`);
    },
  });
  const me: HouseholdTown["me"] = (path, options = {}) =>
    ask(edge, `/api/v1${path}`, {
      ...(options.method !== undefined && { method: options.method }),
      ...(options.json !== undefined && { json: options.json }),
      headers: {
        "x-nuan": "1",
        "sec-fetch-site": "same-origin",
        ...(options.key !== undefined && { "idempotency-key": options.key }),
        ...(options.cookie !== undefined && { cookie: options.cookie }),
        ...options.headers,
      },
    });
  const codeSentTo: HouseholdTown["codeSentTo"] = async (home) => {
    await handleEvents(db, [householdCodeSubscriber]);
    const row = await db.owner.sql.maybeOne<{ variables: { code: string } }>(
      `select variables from messages where template = 'household-code' and recipient = :recipient order by id desc limit 1`,
      { recipient: `tel:${mobileOf(home)}` },
    );
    return row === null ? undefined : CODE.exec(row.variables.code)?.[0];
  };
  return {
    town,
    platform,
    edge,
    wallet,
    me,
    codeSentTo,
    signIn: async (home) => {
      const asked = await me("/me/codes", { json: { accountNo: plantedAccountNo(home) } });
      const code = await codeSentTo(home);
      const json = { challenge: asked.body["challenge"], code };
      const signed = await me("/me/session", { json });
      if (signed.status !== 200) throw new Error(`no sign-in: ${signed.text}`);
      return cookieOf(signed);
    },
    stop: async () => {
      await edge.stop();
      server.closeAllConnections();
      server.close();
      await db.drop();
    },
  };
};
