/** A call at the agent's desk, opened by a key and worked by keys. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { shot } from "./browser.ts";

/** A call of the page's own session, as its scripts make it. */
export const askOf = async <Answer>(
  page: Page,
  method: string,
  path: string,
  body?: object,
  more: object = {},
) => {
  const { status, json } = await page.evaluate(
    async ([how, where, what, headers]) => {
      const answer = await fetch(`/api/v1${where}`, {
        method: how,
        headers: { "X-Nuan": "1", "Content-Type": "application/json", ...headers },
        ...(what === undefined ? {} : { body: JSON.stringify(what) }),
      });
      return { status: answer.status, json: await answer.json() };
    },
    [method, path, body, more] as const,
  );
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json as Answer;
};

/** F2 to the call that rings; its case typed at once, more pasted than it takes, saved, and a note after that. */
export const openedByKeys = async (desk: Page): Promise<void> => {
  await desk.keyboard.press("F2");
  await desk.getByRole("combobox", { name: "类别" }).and(desk.locator(":focus")).waitFor();
  await desk.keyboard.press("1");
  await desk.keyboard.press("Enter");
  const summary = desk.getByRole("textbox", { name: "内容" });
  await summary.and(desk.locator(":focus")).waitFor();
  // More than a case takes is not cut: it is not taken, and the field says so.
  await summary.fill("厨房不热");
  await desk.evaluate(`navigator.clipboard.writeText("冷".repeat(1997))`);
  await desk.keyboard.press("Control+v");
  await desk.getByText("没有粘贴：有 1997 字，这里还能写 1996 字（最多 2000 字）").waitFor();
  expect(await summary.inputValue()).toBe("厨房不热");
  await shot(desk, "desk-too-long");
  await desk.keyboard.press("Control+a");
  await desk.keyboard.press("Control+v");
  await desk.getByText("1997/2000 字").waitFor();
  await summary.fill("厨房不热");
  await desk.getByText("1997/2000 字").waitFor({ state: "detached" });
  await desk.keyboard.press("Control+Enter");
  await desk.getByText(/^已立单 /).waitFor();
  // What was not said in the case is still noted at the call.
  await desk.getByRole("textbox", { name: "备注" }).fill("晚上再打");
  await desk.getByRole("button", { name: "保存备注" }).click();
  await desk.getByText("备注已保存").waitFor();
};

/** The call of this number is the one on the screen, and is on: what is pressed next is for it, and not for the one before it. */
export const popped = (desk: Page, number: string): Promise<void> =>
  desk
    .getByRole("navigation", { name: "我的通话" })
    .locator("a[aria-current=page]", { hasText: number })
    .filter({ hasText: "通话中" })
    .waitFor();

const AT_POP = `new Promise((heard) => {
  new BroadcastChannel("nuan-live").onmessage = ({ data }) => data.event?.topic === "hotline.pop" && heard();
})`;
/** The next call rings when the last one is written down, and the desk hears of it before it has read so: its calls are read late. */
export const rungAtOnce = async (
  desk: Page,
  writeDown: () => Promise<void>,
  ring: () => Promise<string>,
): Promise<string> => {
  const calls = "**/api/v1/hotline/session";
  const late = Promise.withResolvers<void>();
  await desk.route(calls, async (route) => {
    await late.promise;
    await route.fallback();
  });
  await writeDown();
  const [callId] = await Promise.all([ring(), desk.evaluate(AT_POP)]);
  late.resolve();
  await desk.unroute(calls);
  return callId;
};

/** Beside a call, while its case is typed: what may be said, the cases that may be the same, and the papers of the household. */
export const besideTheCall = async (desk: Page): Promise<void> => {
  const within = (name: string | RegExp) => desk.getByRole("region", { name });
  await within("供热常识").getByRole("button", { name: "暖气漏水怎么办" }).waitFor();
  await within(/小时内相近的工单/)
    .getByRole("button", { name: "归入" })
    .first()
    .waitFor();
  await within("来电人").getByRole("button", { name: /^账单/ }).first().waitFor();
};

/** Each part of the household's page, by its name and by something that this town has of it. */
export const partsOfHousehold = async (page: Page): Promise<void> => {
  for (const [name, text] of [
    ["本楼事件", "本楼换热站检修"],
    ["联系人", "钱*"],
    ["供热与阀门", "热力站"],
    ["账单", "为什么是这个数"],
    ["缴费", "缴费"],
    ["工单", "不热"],
    ["上门", "上门"],
    ["通话", "来电"],
    ["消息", "消息"],
  ] as const) {
    await page.getByRole("region", { name, exact: true }).getByText(text).first().waitFor();
  }
};
