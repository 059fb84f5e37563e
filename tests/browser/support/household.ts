/** Households of a demo town in front of their page: homes that owe, codes as they arrive, and a wallet outside of the house. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { createWalletSimulator } from "#src/money/collection/index.ts";
import { shiftedClock, systemClock } from "#src/platform/clock.ts";
import { until } from "#tests/support/until.ts";
import type { Api } from "./api.ts";

export type Debtor = { readonly accountNo: string; readonly openFen: number };

type Person = { readonly phones: readonly { readonly kind: string; readonly confirmed: boolean | null }[] };
const hasMobile = ({ phones }: Person): boolean =>
  phones.some(({ kind, confirmed }) => kind === "mobile" && confirmed !== false);
type Group = { readonly kind: string; readonly items: readonly { readonly accountNo: string }[] };

/** Homes that owe and have a mobile on file. */
export const findDebtors = async (staff: Api, wanted: number): Promise<Debtor[]> => {
  const debtors: Debtor[] = [];
  const { items } = await staff.get<{ items: { name: string }[] }>("/network/communities?limit=5");
  for (const { name } of items) {
    const { groups } = await staff.post<{ groups: Group[] }>("/search", { q: `${name}1号楼`, limit: 50 });
    for (const { accountNo } of groups.find(({ kind }) => kind === "accounts")?.items ?? []) {
      if (debtors.length === wanted) return debtors;
      const balance = await staff.get<{ offeredFen: number; receivableFen: number }>(
        `/accounts/${accountNo}/balance`,
      );
      const { people } = await staff.get<{ people: Person[] }>(`/accounts/${accountNo}`);
      const openFen = balance.offeredFen + balance.receivableFen;
      if (openFen > 20_000 && people.some(hasMobile)) debtors.push({ accountNo, openFen });
    }
  }
  throw new Error(`only ${debtors.length} homes owe and have a mobile`);
};

export const newestMessage = async (staff: Api): Promise<number> =>
  Number((await staff.get<{ items: { id: string }[] }>("/outbox?limit=1")).items[0]?.id ?? 0);

/** The code in the newest message of the outbox viewer after `after`. */
const codeAfter = async (staff: Api, after: number): Promise<string> => {
  let code = "";
  await until("the code is in the outbox", async () => {
    const { items } = await staff.get<{ items: { id: string; body: string }[] }>(
      "/outbox?channel=sms&limit=20",
    );
    const message = items.find(({ id, body }) => Number(id) > after && /验证码 \d{6}|Code \d{6}/.test(body));
    code = /\d{6}/.exec(message?.body ?? "")?.[0] ?? "";
    return code !== "";
  });
  return code;
};

export type Labels = {
  readonly account: string;
  readonly ask: string;
  readonly code: RegExp;
  readonly enter: string;
};
export const CHINESE: Labels = { account: "户号", ask: "获取验证码", code: /6 位验证码/, enter: "登录" };
export const ENGLISH: Labels = {
  account: "Account number",
  ask: "Send me a code",
  code: /6 digits/,
  enter: "Sign in",
};

/** Proves by a code that a home is one's own, as the form asks for it. */
export const prove = async (page: Page, staff: Api, accountNo: string, labels: Labels): Promise<void> => {
  const before = await newestMessage(staff);
  await page.getByLabel(labels.account).fill(accountNo);
  await page.getByRole("button", { name: labels.ask }).click();
  await page.getByLabel(labels.code).waitFor();
  await page.getByLabel(labels.code).fill(await codeAfter(staff, before));
  await page.getByRole("button", { name: labels.enter, exact: true }).click();
};

export const WALLET_SECRET = "the-wallet-and-the-house-share-this-secret";

export type OutsideWallet = {
  readonly url: string;
  /** Called when a request of the house ("POST /orders") arrives, before it is answered; and when a report is on its way. */
  whenAsked: (what: string) => void;
  /** Goes by the clock of the house from now on: signatures are fresh for some minutes. */
  follow(now: string): void;
  stop(): Promise<void>;
};

/** A wallet in this process, that outlives the house; it reports until it is taken, as gateways do. */
export const startOutsideWallet = async (): Promise<OutsideWallet> => {
  let wallet: ReturnType<typeof createWalletSimulator> | undefined;
  let offsetMs = 0;
  const clock = shiftedClock(() => offsetMs);
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/W\d+/, "ORDER");
    outside.whenAsked(`${request.method} ${path}`);
    void wallet?.handle(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outside: OutsideWallet = {
    url,
    whenAsked: () => undefined,
    follow: (now) => {
      offsetMs = Date.parse(now) - systemClock.now().getTime();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  wallet = createWalletSimulator({
    secret: WALLET_SECRET,
    now: () => clock.now(),
    publicUrl: url,
    report: async (to, body, headers) => {
      await until("the report is taken", async () => {
        const told = fetch(to, { method: "POST", headers, body }).then(
          ({ ok }) => ok,
          // Killed while it read; told again.
          () => false,
        );
        outside.whenAsked("report");
        return told;
      });
    },
  });
  return outside;
};
