/** What we send, in six views; a message opens with its proof. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Drawer, Radio, Select } from "antd";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useCodes } from "#web/words/codes.ts";
import { Channels } from "./channels.tsx";
import { Costs } from "./costs.tsx";
import { MessageList } from "./message-list.tsx";
import { MessageProof } from "./message-proof.tsx";
import { Outbox } from "./outbox.tsx";
import { LISTS, type ListName, messageFilterOf, type Purpose, PURPOSES } from "./routes.ts";
import { words } from "./words.ts";

type ViewProps = { list: ListName; purpose: Purpose | undefined; open: (id: string) => void };
const View = ({ list, purpose, open }: ViewProps) => {
  if (list === "outbox") return <Outbox open={open} />;
  if (list === "channels") return <Channels />;
  if (list === "costs") return <Costs />;
  return <MessageList key={list} list={list} purpose={purpose} open={open} />;
};

export const MessagesPage = () => {
  const t = words.useWords();
  const word = useCodes();
  const navigate = useNavigate();
  const { list = "all", message, purpose } = useSearch({ from: "/inside/messages" });
  const go = (search: Record<string, unknown>): void =>
    void navigate({ to: "/messages", search: messageFilterOf(search) });
  return (
    <>
      <PageBar title={t("title")}>
        <Radio.Group
          aria-label={t("title")}
          optionType="button"
          value={list}
          onChange={(event) => go({ list: event.target.value })}
          options={LISTS.map((one) => ({ value: one, label: t(`list.${one}`) }))}
        />
        {list === "outbox" || list === "channels" || list === "costs" ? null : (
          <Select<string>
            aria-label={t("purpose")}
            placeholder={t("purpose")}
            allowClear
            value={purpose ?? null}
            onChange={(chosen: string | undefined) => go({ list, purpose: chosen })}
            options={PURPOSES.map((code) => ({ value: code, label: word("purpose", code) }))}
            popupMatchSelectWidth={false}
          />
        )}
        <SavedFilters except={["message"]} />
      </PageBar>
      <View list={list} purpose={purpose} open={(id) => go({ list, purpose, message: id })} />
      <Drawer
        open={message !== undefined}
        size="large"
        title={t("detail", { id: message ?? "" })}
        onClose={() => go({ list, purpose })}
      >
        {message === undefined ? null : <MessageProof id={message} />}
      </Drawer>
    </>
  );
};
