import type { Area } from "#web/shell/area.ts";

/** Whoever looks after an area: on foot, with a phone, often without signal. */
export const myArea: Area = {
  name: "myArea",
  items: [
    {
      to: "/my",
      label: "myDay",
      permissions: ["pressure-test.write"],
      keys: "g m",
      onPhone: true,
      exact: true,
    },
    { to: "/my/stairwells", label: "stairwells", permissions: ["pressure-test.write"], onPhone: true },
    { to: "/my/chat", label: "chatCase", permissions: ["pressure-test.write"], onPhone: true },
    { to: "/my/tasks", label: "myTasks", permissions: ["pressure-test.write"], onPhone: true },
    { to: "/my/owing", label: "owing", permissions: ["pressure-test.write"], reads: ["reminder.read"] },
    { to: "/my/outbox", label: "outbox", permissions: ["pressure-test.write"] },
    { to: "/my/phone", label: "myPhone", permissions: ["pressure-test.write"] },
  ],
  begins: { "area-manager": "/my" },
};
