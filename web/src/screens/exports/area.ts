import type { Area } from "#web/shell/area.ts";

/** What is one's own stands behind one's name in the bar. */
export const ownArea: Area = {
  name: "myExports",
  items: [{ to: "/exports", label: "myExports", permissions: ["export.own"], keys: "g 0" }],
};
