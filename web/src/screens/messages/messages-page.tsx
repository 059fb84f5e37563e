/** What we send, in six views; a message opens with its proof. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Drawer, Radio } from "antd";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Channels } from "./channels.tsx";
import { Costs } from "./costs.tsx";
import { MessageList } from "./message-list.tsx";
import { MessageProof } from "./message-proof.tsx";
import { Outbox } from "./outbox.tsx";
import { LISTS, type ListName, messageFilterOf } from "./routes.ts";
import { words } from "./words.ts";

const View = ({ list, open }: { list: ListName; open: (id: string) => void }) => {
  if (list === "outbox") return <Outbox open={open} />;
  if (list === "channels") return <Channels />;
  if (list === "costs") return <Costs />;
  return <MessageList key={list} list={list} open={open} />;
};

export const MessagesPage = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const { list = "all", message } = useSearch({ from: "/inside/messages" });
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
      </PageBar>
      <View list={list} open={(id) => go({ list, message: id })} />
      <Drawer
        open={message !== undefined}
        size="large"
        title={t("detail", { id: message ?? "" })}
        onClose={() => go({ list })}
      >
        {message === undefined ? null : <MessageProof id={message} />}
      </Drawer>
    </>
  );
};
