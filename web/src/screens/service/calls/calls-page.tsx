/** Whom we owe a call, what is due first; and the log of today's calls. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Radio } from "antd";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { callWords } from "../words-calls.ts";
import { CallBacks } from "./call-backs.tsx";
import { CallLog } from "./call-log.tsx";

export const CallsPage = () => {
  const t = callWords.useWords();
  const navigate = useNavigate();
  const { list = "call-backs" } = useSearch({ from: "/inside/calls" });
  return (
    <>
      <PageBar title={t("title")}>
        <Radio.Group
          aria-label={t("title")}
          optionType="button"
          value={list}
          onChange={(event) =>
            void navigate({ to: "/calls", search: event.target.value === "log" ? { list: "log" } : {} })
          }
          options={[
            { value: "call-backs", label: t("callBacks") },
            { value: "log", label: t("log") },
          ]}
        />
        <SavedFilters />
      </PageBar>
      {list === "log" ? <CallLog /> : <CallBacks />}
    </>
  );
};
