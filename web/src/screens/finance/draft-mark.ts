/** Where a file that waits stands, in one word and colour. */
import type { Item } from "#web/api/types.ts";

type Draft = Pick<Item<"/bank-drafts">, "state" | "approval">;

export const draftMark = ({ state, approval }: Draft) => {
  if (state === "looked" && approval?.state === "requested")
    return { word: "draft.asked", color: "warning" } as const;
  if (state === "looked" && approval?.state === "approved")
    return { word: "draft.agreed", color: "success" } as const;
  if (state === "looked" && approval?.state === "refused")
    return { word: "draft.objected", color: "error" } as const;
  const colors = {
    looked: "processing",
    confirmed: "processing",
    imported: "success",
    refused: "error",
    dropped: "default",
  } as const;
  return { word: `draft.${state}`, color: colors[state] } as const;
};
