/** Number, cost and samples of what is being written, asked again when it has stood for a moment. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { useSettled } from "#web/furniture/use-settled.ts";

type Question = Body<"post", "/notice-previews">;
const WAIT_MS = 400;

export const useLivePreview = (question: Question | null) => {
  const asked = question === null ? "" : JSON.stringify(question);
  const settled = useSettled(asked, WAIT_MS);
  const query = useQuery({
    queryKey: ["post", "/notice-previews", settled],
    queryFn: async ({ signal }) =>
      (await call.POST("/notice-previews", { body: JSON.parse(settled) as Question, signal })).data ?? null,
    enabled: settled !== "" && asked !== "",
    placeholderData: keepPreviousData,
  });
  return {
    preview: asked === "" ? undefined : (query.data ?? undefined),
    isCounting: asked !== "" && (asked !== settled || query.isFetching),
    error: asked === settled ? query.error : null,
  };
};
