/** Why a case may wait (挂起原因), as the company's list says it. */
import { api } from "#web/api/client.ts";
import { language } from "#web/words/words.ts";

export type PauseReason = { readonly code: string; readonly name: string; readonly active: boolean };

/** The list with its names in the reader's language; asked for only where `isOn`, and rarely again. */
export const usePauseReasons = (isOn = true): readonly PauseReason[] => {
  const { data } = api.useQuery("get", "/pause-reasons", {}, { staleTime: 600_000, enabled: isOn });
  return (data?.items ?? []).map(({ code, name, nameEn, active }) => ({
    code,
    name: language() === "en" ? nameEn : name,
    active,
  }));
};
