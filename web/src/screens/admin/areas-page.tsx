/** Service areas with who is on duty, and what nobody serves. */
import { Alert, Button, DatePicker, Form, Input, Modal, Select, Tag } from "antd";
import type { ColumnsType } from "antd/es/table";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { houseNow } from "#web/api/house-time.ts";
import type { Answer } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Areas = Answer<"get", "/network/areas">;
type Area = Areas["areas"][number] & { readonly depth: number };

/** In the order of the tree, each below what it belongs to. */
const inTree = (areas: Areas["areas"], parentId: string | null = null, depth = 0): Area[] =>
  areas
    .filter((area) => area.parentId === parentId)
    .flatMap((area) => [{ ...area, depth }, ...inTree(areas, area.id, depth + 1)]);

const NewDuty = ({ area, close }: { area: Area; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const people = api.useQuery("get", "/staff", { params: { query: { limit: 200 } } });
  const give = api.useMutation("post", "/network/areas/{areaId}/duties");
  const [form] = Form.useForm<{ staffId: string; duty: "manager" | "deputy" | "chief"; from: Dayjs }>();
  return (
    <Modal
      open
      title={`${area.name} · ${t("giveDuty")}`}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: give.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ duty: "manager", from: dayjs(houseNow()) }}
        onFinish={({ staffId, duty, from }) =>
          give.mutate(
            {
              params: { path: { areaId: area.id } },
              body: { staffId, duty, from: from.format("YYYY-MM-DD") },
            },
            { onSuccess: () => void forget("/network/areas").then(close) },
          )
        }
      >
        <Form.Item name="staffId" label={t("who")} rules={[{ required: true }]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            loading={people.isFetching}
            options={(people.data?.items ?? [])
              .filter(({ disabledAt }) => disabledAt === null)
              .map(({ id, login, displayName }) => ({ value: id, label: `${displayName} · ${login}` }))}
          />
        </Form.Item>
        <Form.Item name="duty" label={t("duty")}>
          <Select
            options={(["manager", "deputy", "chief"] as const).map((duty) => ({
              value: duty,
              label: t(`duty.${duty}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="from" label={t("from")} rules={[{ required: true }]}>
          <DatePicker allowClear={false} />
        </Form.Item>
        <Problem error={people.error ?? give.error} />
      </Form>
    </Modal>
  );
};

const NewArea = ({ areas, close }: { areas: readonly Area[]; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const make = api.useMutation("post", "/network/areas");
  const [form] = Form.useForm<{
    code: string;
    name: string;
    level: "company" | "branch" | "area";
    parentId?: string;
  }>();
  return (
    <Modal
      open
      title={t("newArea")}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: make.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ level: "area" }}
        onFinish={(typed) =>
          make.mutate({ body: typed }, { onSuccess: () => void forget("/network/areas").then(close) })
        }
      >
        <Form.Item name="code" label={t("code")} rules={[{ required: true }]}>
          <Input autoFocus maxLength={30} />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={[{ required: true }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="level" label={t("level")}>
          <Select
            options={(["company", "branch", "area"] as const).map((level) => ({
              value: level,
              label: t(`level.${level}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="parentId" label={t("above")}>
          <Select
            allowClear
            options={areas
              .filter(({ level }) => level !== "area")
              .map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Problem error={make.error} />
      </Form>
    </Modal>
  );
};

const Findings = ({ findings }: { findings: Areas["findings"] }) => {
  const t = words.useWords();
  if (findings.length === 0) return <Alert type="success" showIcon title={t("covered")} />;
  return (
    <Alert
      type="warning"
      showIcon
      title={t("uncovered", { count: findings.length })}
      description={findings.slice(0, 30).map((one) => (
        <Tag key={`${one.kind}${one.id}`}>
          {t(`finding.${one.kind}`)} · {one.name}
        </Tag>
      ))}
    />
  );
};

export const AreasPage = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/network/areas");
  const [duty, setDuty] = useState<Area>();
  const [isMaking, setMaking] = useState(false);
  const areas = inTree(query.data?.areas ?? []);
  const columns: ColumnsType<Area> = [
    {
      title: t("name"),
      render: (_, row) => `${"　".repeat(row.depth)}${row.name}`,
    },
    { title: t("code"), dataIndex: "code" },
    { title: t("level"), render: (_, row) => t(`level.${row.level}`) },
    { title: t("buildings"), dataIndex: "buildings", align: "right" },
    {
      title: t("manager"),
      render: (_, row) => row.manager ?? (row.buildings > 0 ? <Tag color="warning">{t("nobody")}</Tag> : "–"),
    },
    {
      title: "",
      key: "give",
      render: (_, row) => (
        <Button size="small" onClick={() => setDuty(row)}>
          {t("giveDuty")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageBar
        title={t("areasTitle")}
        readAt={query.dataUpdatedAt}
        actions={
          <Button type="primary" onClick={() => setMaking(true)}>
            {t("newArea")}
          </Button>
        }
      />
      {query.data === undefined ? null : <Findings findings={query.data.findings} />}
      <div className={styles["panel"]}>
        <DataTable
          data={rowsOf(query, areas)}
          rowKey={(row) => row.id}
          columns={columns}
          empty={t("noArea")}
          label={t("areasTitle")}
        />
      </div>
      {duty === undefined ? null : <NewDuty area={duty} close={() => setDuty(undefined)} />}
      {isMaking ? <NewArea areas={areas} close={() => setMaking(false)} /> : null}
    </>
  );
};
