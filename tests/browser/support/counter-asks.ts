/** What the counter's test asks the API for, as the page that is open asks it: by whoever is signed in there. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { shot } from "./browser.ts";

export type CounterAsks = ReturnType<typeof counterAsks>;

export const counterAsks = (page: () => Page) => {
  const ask = <Body>(path: string, body?: object): Promise<Body> =>
    page().evaluate(
      async ([address, text]) => {
        const answer = await fetch(`/api/v1${address}`, {
          headers: { "X-Nuan": "1", "Content-Type": "application/json" },
          ...(text === "" ? {} : { method: "POST", body: text ?? "" }),
        });
        return (await answer.json()) as Body;
      },
      [path, body === undefined ? "" : JSON.stringify(body)],
    );

  const owedOf = async (accountNo: string): Promise<number> => {
    const { items } = await ask<{ items: { openFen: number }[] }>(`/accounts/${accountNo}/bills`);
    return items.reduce((sum, { openFen }) => sum + openFen, 0);
  };

  /** Homes that owe something, and how much. */
  const debtors = async (count: number): Promise<{ accountNo: string; owedFen: number }[]> => {
    const { groups } = await ask<{ groups: { kind: string; items: { accountNo: string }[] }[] }>("/search", {
      q: "王",
      limit: 20,
    });
    const found: { accountNo: string; owedFen: number }[] = [];
    for (const { accountNo } of groups.find(({ kind }) => kind === "accounts")?.items ?? []) {
      const owedFen = await owedOf(accountNo);
      if (owedFen > 50_000 && accountNo !== "101000208") found.push({ accountNo, owedFen });
      if (found.length === count) return found;
    }
    throw new Error(`fewer than ${count} homes owe anything`);
  };

  const paymentsOf = async (accountNo: string): Promise<number> =>
    (await ask<{ items: unknown[] }>(`/accounts/${accountNo}/payments`)).items.length;

  const proveVoid = async (): Promise<void> => {
    const dialog = page().getByRole("dialog");
    // The second person reads what goes off: which receipt, whose, how much.
    expect(await dialog.textContent()).toMatch(/收据号T01-2026-\d{6}.*\d{9} .*[\d,]+\.\d\d/);
    await dialog.getByLabel("复核人账号").fill("supervisor");
    await dialog.getByLabel("复核人密码").fill("nuanyang-demo");
    await dialog.getByRole("button", { name: "作废收款" }).click();
  };
  const voidIt = async (): Promise<void> => {
    await page()
      .getByRole("button", { name: /收错户/ })
      .click();
    await proveVoid();
    await page().getByText("已作废，请找对户再收").waitFor();
  };

  return { ask, owedOf, debtors, paymentsOf, proveVoid, voidIt };
};

/** The paper that a press opens: of which kind, and what is written on it. */
export const openedPaper = async (
  page: Page,
  press: () => Promise<void>,
): Promise<{ kind: string | null; text: string }> => {
  const opening = page
    .context()
    .waitForEvent("page", { timeout: 90_000 })
    .catch(async (error: unknown) => {
      await shot(page, "counter-no-paper");
      throw error;
    });
  await press();
  const opened = await opening;
  await opened.waitForLoadState();
  const text = (await opened.locator("body").textContent()) ?? "";
  const kind = new URL(opened.url()).searchParams.get("paper");
  await opened.close();
  return { kind, text };
};
