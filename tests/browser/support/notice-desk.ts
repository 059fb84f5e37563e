/** What tests of notices, of pressure tests and of messages do on the way: by the pages where a person would, else as a page asks. */
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { openMailParser, readStoredMail, storeMail } from "#src/messages/messaging/index.ts";
import { loadConfig } from "#src/platform/config.ts";
import { createPlatform } from "#src/platform/create-platform.ts";
import { locateDatabase } from "#src/platform/embedded-postgres/index.ts";
import { shot, type Visit, visitAs } from "./browser.ts";
import type { BrowserTown } from "./town.ts";

type Order = { readonly method: string; readonly ifMatch?: number; readonly body?: object };
/** Asked as the page asks, by whoever is signed in there. */
export const ask = <Body>(page: Page, path: string, order: Order = { method: "GET" }): Promise<Body> =>
  page.evaluate(
    async ([address, { method, ifMatch, body }]) => {
      const answer = await fetch(`/api/v1${address}`, {
        method,
        headers: {
          "X-Nuan": "1",
          "Content-Type": "application/json",
          ...(ifMatch === undefined ? {} : { "If-Match": `"${ifMatch}"` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Body;
    },
    [path, order] as const,
  );

export const choose = async (
  page: Page,
  field: string,
  typed: string,
  option: RegExp | string,
): Promise<void> => {
  await page.getByRole("combobox", { name: field }).click();
  await page.getByRole("combobox", { name: field }).fill(typed);
  await page.locator(".ant-select-item-option").filter({ hasText: option }).first().click();
};

/** Samples it, asks, and has it approved and begun by the second person. */
export const approvedByTwo = async (
  { page }: Visit,
  { page: second }: Visit,
  address: string,
): Promise<void> => {
  await page.goto(address);
  await page.getByRole("button", { name: /^发样/ }).first().click();
  await page.getByText("样稿已发，可以报审").waitFor();
  await page.getByRole("button", { name: "报审", exact: true }).click();
  await page.getByText("由您报审，须由另一人审批").waitFor();
  expect(await page.getByRole("button", { name: "批准" }).count()).toBe(0);
  await second.goto(address);
  await second.getByRole("button", { name: "批准" }).click();
  const dialog = second.getByRole("dialog");
  await dialog.getByText(/批准后发送对象即冻结：\d+ 户/).waitFor();
  await shot(second, "notice-approval");
  await dialog.getByRole("button", { name: "批准" }).click();
  await dialog.waitFor({ state: "hidden" });
};

/** Messages of the gate go at this rate a second; as fast as they can without one. */
export const setRate = async (page: Page, rate: number | null): Promise<void> => {
  type Gates = {
    readonly channels: readonly {
      channel: string;
      providers: readonly { provider: string; version: number }[];
    }[];
  };
  const { channels } = await ask<Gates>(page, "/messages/channels");
  const gate = must(
    channels.find(({ channel }) => channel === "sms")?.providers[0],
    "the gate of text messages",
  );
  await ask(page, `/messages/channels/sms/${gate.provider}`, {
    method: "PUT",
    ifMatch: gate.version,
    body: { ratePerSecond: rate },
  });
};

/** A figure of the funnel as the open page shows it; 0 while it has no such line. */
export const figureOf = async (page: Page, name: string): Promise<number> => {
  const link = page.getByRole("link", { name: new RegExp(`^查看名单：${name} `) });
  const [shown] = await link.allTextContents();
  return Number((shown ?? "0").replaceAll(",", ""));
};
export const reasoned = async (page: Page, verb: string, reason: string): Promise<void> => {
  await page.getByRole("button", { name: verb, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "原因" }).fill(reason);
  await dialog.getByRole("button", { name: verb }).click();
  await dialog.waitFor({ state: "hidden" });
};
/** Writes a notice to the whole town, and answers its address. */
export const written = async (page: Page, title: string, text: string): Promise<string> => {
  const { id } = await ask<{ id: string }>(page, "/notices", {
    method: "POST",
    body: {
      title,
      purpose: "service-notice",
      channels: ["sms"],
      template: "notice-general",
      locale: "zh-CN",
      variables: { text },
      audience: { everybody: true },
    },
  });
  return `/notices/${id}`;
};
/** What the database says of the messages of a notice. */
export const countsOf = async (town: BrowserTown, address: string) => {
  const id = must(address.split("/").at(-1), "its number");
  const [counts] = await town.sql<{ homes: number; messages: number; gone: number; doubled: number }>(
    `select (select count(*)::int from notice_recipients where notice_id = ${id}) as homes,
       (select count(*)::int from messages where regarding = 'notice:${id}') as messages,
       (select count(*)::int from messages m join outbox_viewer o on o.message_id = m.id
         where m.regarding = 'notice:${id}') as gone,
       (select count(*)::int from (select m.id from messages m join outbox_viewer o on o.message_id = m.id
         where m.regarding = 'notice:${id}' group by m.id having count(*) > 1) twice) as doubled`,
  );
  return must(counts, "the counts");
};

/** A mail as it came to the mailbox, read as the worker would read it. */
export const receiveMail = async (town: BrowserTown, raw: Buffer, uid: bigint): Promise<bigint> => {
  const config = loadConfig(town.settings);
  const located = await locateDatabase(config);
  const platform = await createPlatform(config, located, { applicationName: "test mailbox" });
  const parser = openMailParser();
  try {
    const [box] = await town.sql<{ id: string }>(
      `insert into mailboxes (name, uid_validity) values ('imap://test', 7)
       on conflict (name) do update set uid_validity = 7 returning id::text`,
    );
    const mailboxId = BigInt(must(box, "the mailbox").id);
    const { messageId } = await storeMail(platform, {
      mailboxId,
      uidValidity: 7n,
      uid,
      raw,
      size: raw.byteLength,
    });
    await readStoredMail(platform, messageId, { parser, ownAddresses: [] });
    return messageId;
  } finally {
    await parser.close();
    await platform.close();
    await located.release();
  }
};

/** The supervisor gets a mobile: the sample of a notice goes there. */
export const giveMobile = async (browser: Browser, town: BrowserTown): Promise<void> => {
  const admin = await visitAs(browser, town.url, "admin");
  type Staff = { readonly items: readonly { id: string; login: string; version: number }[] };
  const { items } = await ask<Staff>(admin.page, "/staff?limit=100");
  const who = must(
    items.find(({ login }) => login === "supervisor"),
    "the supervisor",
  );
  await ask(admin.page, `/staff/${who.id}`, {
    method: "PATCH",
    ifMatch: who.version,
    body: { mobile: "13800000001" },
  });
  await admin.close();
};

/** Texts that went, by what they say. */
export const goneWith = async (town: BrowserTown, words: string): Promise<number> => {
  const [row] = await town.sql<{ gone: number }>(
    `select count(*)::int as gone from outbox_viewer where channel = 'sms' and body like '%${words}%'`,
  );
  return row?.gone ?? 0;
};
