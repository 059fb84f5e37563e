/** Who gets the page of the morning by mail. */
import { Button, Input, Select } from "antd";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { useIntent } from "#web/api/use-intent.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { IntentProblem } from "#web/furniture/intent-problem.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { tellUndo } from "#web/furniture/undo.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import styles from "./management.module.css";
import { words } from "./words.ts";

type Receiver = Answer<"get", "/sheet-receivers">["items"][number];

const EMPTY = { name: "", mail: "", locale: "zh-CN" as "zh-CN" | "en" };

const AddReceiver = () => {
  const t = words.useWords();
  const intent = useIntent("sheet-receiver-new", EMPTY);
  const { name, mail, locale } = intent.content;
  const send = async (): Promise<void> => {
    const added = await intent.send((body, key) =>
      call.POST("/sheet-receivers", { params: { header: { "Idempotency-Key": key } }, body }),
    );
    if (added !== undefined) await forget("/sheet-receivers");
  };
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        {t("name")}
        <Input
          value={name}
          maxLength={60}
          disabled={intent.isLocked}
          onChange={({ target }) => intent.change({ name: target.value })}
        />
      </label>
      <label>
        {t("mail")}
        <Input
          type="email"
          value={mail}
          maxLength={254}
          disabled={intent.isLocked}
          onChange={({ target }) => intent.change({ mail: target.value })}
        />
      </label>
      <Select
        aria-label={t("language")}
        value={locale}
        disabled={intent.isLocked}
        onChange={(chosen) => intent.change({ locale: chosen })}
        options={[
          { value: "zh-CN", label: "zh-CN" },
          { value: "en", label: "English" },
        ]}
      />
      <Button
        type="primary"
        htmlType="submit"
        loading={intent.isSending}
        disabled={name.trim() === "" || mail.trim() === ""}
      >
        {t("add")}
      </Button>
      <IntentProblem intent={intent} />
    </form>
  );
};

export const Receivers = () => {
  const t = words.useWords();
  const { data, error, isFetching, refetch, dataUpdatedAt } = api.useQuery("get", "/sheet-receivers");
  const end = api.useMutation("post", "/sheet-receivers/{id}/end", {
    onSuccess: () => void forget("/sheet-receivers"),
  });
  const stop = ({ id, name, mail, locale }: Receiver): void =>
    end.mutate(
      { params: { path: { id } } },
      {
        onSuccess: () =>
          tellUndo(t("stopped", { name }), async () => {
            const header = { "Idempotency-Key": crypto.randomUUID() };
            await call.POST("/sheet-receivers", { params: { header }, body: { name, mail, locale } });
            await forget("/sheet-receivers");
          }),
      },
    );
  const columns: ColumnsType<Receiver> = [
    { title: t("name"), dataIndex: "name" },
    { title: t("mail"), dataIndex: "mail" },
    { title: t("language"), dataIndex: "locale" },
    { title: t("added"), render: (_, row) => dateTime(row.addedAt) },
    {
      key: "end",
      render: (_, row) => (
        <Button size="small" onClick={() => stop(row)}>
          {t("stop")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageBar title={t("receivers")} readAt={dataUpdatedAt} />
      <Problem error={end.error} />
      <DataTable
        data={{
          rows: data?.items ?? [],
          hasMore: false,
          more: () => undefined,
          isReading: isFetching,
          error,
          again: () => void refetch(),
        }}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("receiversEmpty")}
        label={t("receivers")}
      />
      <AddReceiver />
    </>
  );
};
