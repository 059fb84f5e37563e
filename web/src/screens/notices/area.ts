import type { Area } from "#web/shell/area.ts";

export const noticeArea: Area = {
  name: "notices",
  items: [
    { to: "/notices", label: "noticeList", permissions: ["notice.read"], keys: "g n" },
    { to: "/notices/settings", label: "noticeSettings", permissions: ["notice.settings"] },
  ],
};
