/** Tokens of machines: each bound to a role, a channel and accounts; shown once, revoked at once. */
import { Alert, Button, Form, Input, Modal, Select, Tag } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { askBefore } from "#web/furniture/above.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { DayField, isRead } from "#web/furniture/day-field.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { common } from "#web/words/common.ts";
import { ChannelName } from "#web/furniture/channel-name.tsx";
import { channelText } from "#web/words/channel-text.ts";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { roleWords } from "./words-roles.ts";
import { words } from "./words.ts";

type Token = Item<"/tokens">;
const ROLES = ["bank-channel", "agent", "auditor"] as const;
type Typed = { name: string; role: (typeof ROLES)[number]; channel?: string; expires?: Dayjs | null };

const NewToken = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const role = roleWords.useWords();
  const channels = api.useQuery("get", "/channels");
  const make = api.useMutation("post", "/tokens");
  const [token, setToken] = useState<string>();
  const [form] = Form.useForm<Typed>();
  const chosen = Form.useWatch("role", form);
  const send = ({ name, channel, expires, role: of }: Typed): void =>
    make.mutate(
      {
        body: {
          name,
          role: of,
          ...(of === "bank-channel" && channel !== undefined ? { channel } : {}),
          ...(expires === undefined || expires === null
            ? {}
            : // The end of that day here, whatever zone this machine is in.
              { expiresAt: `${expires.format("YYYY-MM-DD")}T15:59:59Z` }),
        },
      },
      {
        onSuccess: (answer) => {
          setToken(answer.token);
          void forget("/tokens");
        },
      },
    );
  return (
    <Modal open title={t("newToken")} footer={null} onCancel={close} mask={{ closable: false }}>
      {token === undefined ? (
        <Form<Typed> form={form} layout="vertical" onFinish={send} initialValues={{ role: "bank-channel" }}>
          <Form.Item name="name" label={t("name")} rules={[{ required: true }]}>
            <Input autoFocus maxLength={80} />
          </Form.Item>
          <Form.Item name="role" label={t("roles")}>
            <Select options={ROLES.map((one) => ({ value: one, label: role(one) }))} />
          </Form.Item>
          {chosen === "bank-channel" ? (
            <Form.Item name="channel" label={t("payChannel")} rules={[{ required: true }]}>
              <Select
                options={(channels.data?.items ?? []).map((one) => ({
                  value: one.code,
                  label: channelText(one, language()),
                }))}
              />
            </Form.Item>
          ) : null}
          <Form.Item
            name="expires"
            label={t("expires")}
            rules={[
              {
                validator: async (_, day: Typed["expires"]) =>
                  isRead(day) ? undefined : Promise.reject(new Error("")),
              },
            ]}
          >
            <DayField />
          </Form.Item>
          <Problem error={channels.error ?? make.error} />
          <Button type="primary" htmlType="submit" loading={make.isPending}>
            {t("make")}
          </Button>
        </Form>
      ) : (
        <>
          <Alert type="success" showIcon title={t("tokenOnce")} />
          <p>
            <code className={styles["secret"]}>{token}</code>
          </p>
          <Button type="primary" autoFocus onClick={close}>
            {say("close")}
          </Button>
        </>
      )}
    </Modal>
  );
};

export const TokensPage = () => {
  const t = words.useWords();
  const role = roleWords.useWords();
  const [isMaking, setMaking] = useState(false);
  const data = usePages(["get", "/tokens"], (cursor) =>
    call
      .GET("/tokens", { params: { query: cursor === undefined ? {} : { cursor } } })
      .then((answer) => answer.data),
  );
  const revoke = api.useMutation("delete", "/tokens/{id}");
  const columns: ColumnsType<Token> = [
    { title: t("name"), dataIndex: "name" },
    { title: t("roles"), render: (_, row) => role(row.role) },
    { title: t("payChannel"), render: (_, row) => <ChannelName code={row.channel} /> },
    {
      title: t("accounts"),
      render: (_, row) => (row.accountCount === 0 ? t("everywhere") : row.accountCount),
    },
    { title: t("made.at"), render: (_, row) => dateTime(row.createdAt) },
    { title: t("expires"), render: (_, row) => dateTime(row.expiresAt) },
    {
      title: t("state"),
      render: (_, row) =>
        row.revokedAt === null ? (
          <Button
            size="small"
            danger
            onClick={() =>
              askBefore({
                title: t("revoke"),
                content: row.name,
                onOk: () =>
                  revoke.mutate(
                    { params: { path: { id: row.id } } },
                    { onSuccess: () => void forget("/tokens") },
                  ),
              })
            }
          >
            {t("revoke")}
          </Button>
        ) : (
          <Tag>{t("revoked", { at: dateTime(row.revokedAt) })}</Tag>
        ),
    },
  ];
  return (
    <>
      <PageBar
        title={t("tokensTitle")}
        readAt={data.readAt}
        actions={
          <Button type="primary" onClick={() => setMaking(true)}>
            {t("newToken")}
          </Button>
        }
      />
      <Problem error={revoke.error} />
      <DataTable
        data={data}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("noToken")}
        label={t("tokensTitle")}
      />
      {isMaking ? <NewToken close={() => setMaking(false)} /> : null}
    </>
  );
};
