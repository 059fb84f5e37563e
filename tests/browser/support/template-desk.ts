/** The words of a template on its page: one writes them, another saves meanwhile and approves. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { seriousFindings, shot } from "./browser.ts";

/** The draft is written on by another login, as its own page would. */
const savesOther = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const at = "/api/v1/message-template-versions";
    const list = await fetch(`${at}?channel=sms&name=appointment-made`, { headers: { "X-Nuan": "1" } });
    const { items } = (await list.json()) as { items: { id: string; version: number }[] };
    const words = { "zh-CN": "另一人的稿 {{slot}} {{orderNo}}", en: "Other words {{slot}} {{orderNo}}" };
    const answer = await fetch(`${at}/${items[0]?.id}`, {
      method: "PUT",
      headers: {
        "X-Nuan": "1",
        "Content-Type": "application/json",
        "If-Match": `"${items[0]?.version}"`,
      },
      body: JSON.stringify({ words }),
    });
    return answer.status;
  });

/** Writes a version on the open page of `appointment-made` and asks for its approval. */
export const writeTemplate = async (page: Page, second: Page): Promise<void> => {
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "起草新版本" }).click();
  const chinese = drawer.getByLabel("中文文字");
  await chinese.fill("催缴：{{slot}}，单号 {{orderNo}}");
  await drawer.getByText("禁用词").waitFor();
  await shot(page, "admin-template-refused");
  await chinese.fill("供热上门预约：{{slot}}，单号 {{orderNo}}，请留人在家，感谢配合");
  await drawer.getByText("，单号 W004711，请留人在家，感谢配合").waitFor();
  await drawer.getByLabel("改版理由").fill("更客气");
  // Somebody else saves meanwhile: what was typed stays, beside theirs.
  expect(await savesOther(second)).toBe(200);
  await drawer.getByRole("button", { name: "保存" }).first().click();
  await drawer.getByText(/别人刚保存了另一稿/).waitFor();
  await drawer.getByText("另一人的稿 {{slot}} {{orderNo}}", { exact: true }).waitFor();
  expect(await chinese.inputValue()).toContain("感谢配合");
  await drawer.getByRole("button", { name: "用我的覆盖" }).click();
  await shot(page, "admin-template-draft");
  expect(await seriousFindings(page)).toEqual([]);
  // What is refused when it is asked for was saved before: the correction is typed over that, not over somebody else's.
  const meant = await chinese.inputValue();
  await chinese.fill("催缴：{{slot}}，单号 {{orderNo}}");
  await drawer.getByRole("button", { name: "提交审批" }).click();
  await drawer.getByText("请求编号").waitFor();
  await chinese.fill(meant);
  expect(await drawer.getByText(/别人刚保存了另一稿/).count()).toBe(0);
  await drawer.getByRole("button", { name: "提交审批" }).click();
  await drawer.getByText("您自己提交的，须由另一人审批").waitFor();
};

/** Looks at it in the list of approvals, approves it on its page, and begins the way back. */
export const approveTemplate = async (second: Page): Promise<void> => {
  await second.getByRole("row", { name: /模板改版/ }).click();
  await second.getByText("更客气").waitFor();
  await shot(second, "approval-of-template");
  await second.getByRole("link", { name: "到办理处" }).click();
  const other = second.getByRole("dialog");
  await other.getByRole("button", { name: "批准", exact: true }).click();
  await other.getByText("生效中").waitFor();
  await other.getByText("本单位第 1 版").waitFor();
  await shot(second, "admin-template-live");
  expect(await seriousFindings(second)).toEqual([]);
  await other.getByRole("button", { name: "恢复程序原文" }).click();
  await other.getByText(/^恢复程序原文：/).waitFor();
  await second.setViewportSize({ width: 390, height: 844 });
  await shot(second, "admin-template-hand");
};
