/** What we say to people: each text with what our own lint says of it and what the provider said. */
import { Button, Drawer, Form, Input, Segmented, Select, Tag } from "antd";
import type { ColumnsType } from "antd/es/table";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Template = Item<"/message-templates">;
type State = "submitted" | "approved" | "rejected" | "withdrawn";
const CHANNELS = ["sms", "email", "voice"] as const;
const STATES: readonly State[] = ["submitted", "approved", "rejected", "withdrawn"];
const keyOf = (row: Template): string => `${row.channel} ${row.name} ${row.locale}`;

const Approval = ({ template }: { template: Template }) => {
  const t = words.useWords();
  const say = common.useWords();
  const set = api.useMutation("put", "/message-templates/{name}/{locale}/approvals/{provider}");
  return (
    <section className={styles["panel"]}>
      <h2>{t("approval")}</h2>
      <Form
        layout="vertical"
        initialValues={{ state: template.approvals[0]?.state ?? "submitted" }}
        onFinish={(typed: { state: State; providerTemplateId?: string; reason?: string }) =>
          set.mutate(
            {
              params: { path: { name: template.name, locale: template.locale, provider: "gateway" } },
              body: {
                state: typed.state,
                ...(typed.providerTemplateId === undefined || typed.providerTemplateId === ""
                  ? {}
                  : { providerTemplateId: typed.providerTemplateId }),
                ...(typed.reason === undefined || typed.reason === "" ? {} : { reason: typed.reason }),
              },
            },
            { onSuccess: () => void forget("/message-templates") },
          )
        }
      >
        <Form.Item name="state" label={t("providerSaid")}>
          <Select options={STATES.map((one) => ({ value: one, label: t(`approval.${one}`) }))} />
        </Form.Item>
        <Form.Item name="providerTemplateId" label={t("providerId")}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="reason" label={say("reason")}>
          <Input maxLength={200} />
        </Form.Item>
        <Problem error={set.error} />
        <Button htmlType="submit" type="primary" loading={set.isPending}>
          {say("save")}
        </Button>
      </Form>
    </section>
  );
};

const OneTemplate = ({ template, close }: { template: Template; close: () => void }) => {
  const t = words.useWords();
  const word = useCodes();
  return (
    <Drawer open size={520} title={`${template.name} · ${template.locale}`} onClose={close}>
      <p className={styles["said"]}>{template.words}</p>
      <Facts
        rows={[
          [t("purpose"), word("purpose", template.purpose)],
          [t("about"), template.about],
          [t("version"), template.version],
          [t("variables"), template.variables.map(({ name, sample }) => `${name}: ${sample}`).join("；")],
        ]}
      />
      {template.findings.map((finding) => (
        <p key={finding.rule + finding.text}>
          <Tag color={finding.level === "error" ? "error" : "warning"}>{finding.rule}</Tag>
          {finding.text}
        </p>
      ))}
      {template.approvals.map((one) => (
        <p key={`${one.provider}${one.version}`}>
          <Tag color={one.state === "approved" && one.current ? "success" : "default"}>
            {t(`approval.${one.state}`)}
          </Tag>
          {one.provider} {one.providerTemplateId} {dateTime(one.changedAt)} {one.reason}
        </p>
      ))}
      {template.channel === "sms" ? <Approval template={template} /> : null}
    </Drawer>
  );
};

export const TemplatesPage = () => {
  const t = words.useWords();
  const word = useCodes();
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>("sms");
  const [picked, setPicked] = useState<string>();
  const query = api.useQuery("get", "/message-templates", { params: { query: { channel } } });
  const columns: ColumnsType<Template> = [
    { title: t("name"), dataIndex: "name" },
    { title: t("language"), dataIndex: "locale" },
    { title: t("purpose"), render: (_, row) => word("purpose", row.purpose) },
    { title: t("text"), dataIndex: "words", ellipsis: true, width: 520 },
    {
      title: t("lint"),
      render: (_, row) =>
        row.findings.length === 0 ? (
          <Tag color="success">{t("clean")}</Tag>
        ) : (
          <Tag color={row.findings.some(({ level }) => level === "error") ? "error" : "warning"}>
            {row.findings.length}
          </Tag>
        ),
    },
    {
      title: t("approval"),
      render: (_, row) => {
        const current = row.approvals.find((one) => one.current);
        return current === undefined ? "" : t(`approval.${current.state}`);
      },
    },
  ];
  const chosen = query.data?.items.find((one) => keyOf(one) === picked);
  return (
    <>
      <PageBar title={t("templatesTitle")} readAt={query.dataUpdatedAt}>
        <Segmented
          aria-label={t("channel")}
          value={channel}
          onChange={setChannel}
          options={CHANNELS.map((one) => ({ value: one, label: t(`channel.${one}`) }))}
        />
      </PageBar>
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={keyOf}
        columns={columns}
        open={(row) => setPicked(keyOf(row))}
        picked={picked}
        empty={t("nothing")}
        label={t("templatesTitle")}
      />
      {chosen === undefined ? null : <OneTemplate template={chosen} close={() => setPicked(undefined)} />}
    </>
  );
};
