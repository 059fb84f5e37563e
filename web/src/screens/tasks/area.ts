import type { Area } from "#web/shell/area.ts";

/** Work that waits for people, whatever raised it: for everybody who has any. */
export const taskArea: Area = {
  name: "tasks",
  items: [{ to: "/tasks", label: "tasks", permissions: ["task.read"], keys: "g 3" }],
};
