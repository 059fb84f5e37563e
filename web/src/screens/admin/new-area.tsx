/** A new service area below another. */
import { Form, Input, Modal, Select } from "antd";
import { api, forget } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import type { Area } from "./areas.ts";
import { words } from "./words.ts";

const LEVELS = ["company", "branch", "area"] as const;

export const NewArea = ({ areas, close }: { areas: readonly Area[]; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const make = api.useMutation("post", "/network/areas");
  const [form] = Form.useForm<Body<"post", "/network/areas">>();
  const needed = [{ required: true, message: say("required") }];
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
        <Form.Item name="code" label={t("code")} rules={needed}>
          <Input autoFocus maxLength={30} />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="level" label={t("level")}>
          <Select options={LEVELS.map((level) => ({ value: level, label: t(`level.${level}`) }))} />
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
        <EnterSends />
      </Form>
    </Modal>
  );
};
