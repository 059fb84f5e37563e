import type { Area } from "#web/shell/area.ts";

export const pressureArea: Area = {
  name: "pressureTests",
  items: [
    {
      to: "/pressure-tests",
      label: "pressureTests",
      permissions: ["pressure-test.read"],
      keys: "g y",
      onPhone: true,
    },
  ],
};
