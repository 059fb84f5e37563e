import { expect, test } from "vitest";
import { deedValue } from "./deed-values.ts";

const both = (subject: string, name: string, value: string, details: Record<string, unknown> = {}) =>
  (["zh-CN", "en"] as const).map((spoken) => deedValue({ subject, details }, name, value, spoken));

test.each<[string, string, string, string, string]>([
  ["ticket:17", "state", "merged", "已并入", "Merged"],
  ["ticket:17", "to", "accepted", "已受理", "Accepted"],
  ["ticket:17", "severity", "urgent", "加急", "Urgent"],
  ["ticket:17", "channel", "reception-day", "接待日", "Reception day"],
  ["outgoing:3", "channel", "email", "邮件", "Mail"],
  ["work-order:4", "from", "on-site", "在现场", "On site"],
  ["staff:1", "rolesAfter", "finance-approver", "财务复核", "Finance approver"],
  ["staff:1", "roles", "finance", "财务", "Finance"],
  ["staff:1", "purpose", "session", "登录", "Sign-in"],
  ["notice:9", "state", "finished", "已发完", "Finished"],
  ["notice:9", "state", "paused", "已暂停", "Paused"],
  ["approval:5", "kind", "bill-run", "批量出账", "Bill run"],
  ["approval:5", "about", "ticket:17", "工单 17", "Case 17"],
  ["incident:2", "joined", "call:8", "通话 8", "Call 8"],
])("%s %s %s: %s, %s", (subject, name, value, chinese, english) => {
  expect(both(subject, name, value)).toEqual([chinese, english]);
});

test("the same code of another thing is another word, and of a home the machine says whose state it was", () => {
  expect(both("account:1", "to", "closed")[0]).toBe("已销户");
  expect(both("account:1", "to", "closed", { machine: "valve" })[0]).toBe("阀关");
  expect(both("account:1", "to", "suspended", { machine: "supply" })[0]).toBe("报停");
});

test("what has no word stands for itself: names, days, what somebody wrote, what is newer than this page", () => {
  for (const [name, value] of [
    ["state", "of-tomorrow"],
    ["from", "2026-11-16"],
    ["reason", "closed"],
    ["reason", "见 ticket:17"],
    ["at", "12:30"],
    ["toString", "toString"],
  ] as const)
    expect(both("ticket:17", name, value)).toEqual([undefined, undefined]);
});
