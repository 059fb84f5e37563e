/** A case at the door on a phone: its visit, what that makes of it, and its closing there. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Api } from "./api.ts";
import { seriousFindings, shot } from "./browser.ts";

export const visitAndClose = async (page: Page, area: Api, ticketNo: string): Promise<void> => {
  await page.getByLabel("看到什么，做了什么").fill("已上门排气，回水温度正常");
  // As an input method writes it.
  await page.getByLabel("室温 ℃（可不填）").fill("１９．２");
  await page.getByText("先记录上门，才能在这里办结").waitFor();
  await page.getByRole("button", { name: "记录上门" }).click();
  await page.getByText("已记录").waitFor();
  await page.getByText("上门记录：已办完").waitFor();
  await page.getByText(`${ticketNo} 已处理`).waitFor();
  const visited = await area.get<{
    state: string;
    timeline: { kind: string; text: string; details: object }[];
  }>(`/tickets/${ticketNo}`);
  expect(visited.timeline.find(({ kind }) => kind === "visit")).toMatchObject({
    text: "已上门排气，回水温度正常 19.2℃",
    details: { finished: true, deciCelsius: 192 },
  });
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "area-case");
  const closing = page.getByRole("form", { name: "办结" });
  await closing.getByRole("button", { name: "无法解决已解释" }).click();
  await closing.getByLabel("说明").fill("已当面说明");
  await closing.getByRole("button", { name: "办结", exact: true }).click();
  await page.getByText("不在今天的片区内容里").waitFor();
  expect((await area.get<{ state: string }>(`/tickets/${ticketNo}`)).state).toBe("closed");
};
