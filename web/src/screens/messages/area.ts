import type { Area } from "#web/shell/area.ts";

export const messageArea: Area = {
  name: "messages",
  items: [
    { to: "/messages", label: "messages", permissions: ["message.read"], keys: "g g" },
    { to: "/received", label: "received", permissions: ["message.read"], keys: "g j" },
  ],
};
