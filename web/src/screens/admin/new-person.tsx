/** Makes a login; its initial password is shown this once. */
import { Alert, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { AreasField, BothFinance, RolesField } from "./person-fields.tsx";
import type { StaffRole } from "./staff-roles.ts";
import { words } from "./words.ts";

type Typed = { login: string; displayName: string; roles: StaffRole[]; areaIds?: string[] };

export const InitialPassword = ({ login, password }: { login: string; password: string }) => {
  const t = words.useWords();
  return (
    <Alert
      type="success"
      showIcon
      title={t("made", { login })}
      description={
        <>
          <p>{t("initialPassword")}</p>
          <code className={styles["secret"]}>{password}</code>
        </>
      }
    />
  );
};

export const NewPerson = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const [made, setMade] = useState<{ login: string; password: string }>();
  const [form] = Form.useForm<Typed>();
  const roles = Form.useWatch("roles", form);
  const make = api.useMutation("post", "/staff");
  const send = ({ areaIds, ...typed }: Typed): void =>
    make.mutate(
      { body: { ...typed, ...(areaIds === undefined || areaIds.length === 0 ? {} : { areaIds }) } },
      {
        onSuccess: (answer) => {
          setMade({ login: answer.login, password: answer.initialPassword ?? "" });
          void forget("/staff");
        },
      },
    );
  return (
    <Modal open title={t("newPerson")} footer={null} onCancel={close} mask={{ closable: false }}>
      {made === undefined ? (
        <Form<Typed> form={form} layout="vertical" onFinish={send} initialValues={{ roles: [], areaIds: [] }}>
          <Form.Item name="login" label={t("login")} extra={t("loginHint")} rules={[{ required: true }]}>
            <Input autoFocus maxLength={40} autoComplete="off" />
          </Form.Item>
          <Form.Item name="displayName" label={t("name")} rules={[{ required: true }]}>
            <Input maxLength={60} autoComplete="off" />
          </Form.Item>
          <Form.Item name="roles" label={t("roles")} rules={[{ required: true, message: say("required") }]}>
            <RolesField />
          </Form.Item>
          <BothFinance roles={roles} />
          <Form.Item name="areaIds" label={t("areas")} extra={t("areasHint")}>
            <AreasField roles={roles} />
          </Form.Item>
          <Problem error={make.error} />
          <Button type="primary" htmlType="submit" loading={make.isPending}>
            {t("make")}
          </Button>
        </Form>
      ) : (
        <>
          <InitialPassword {...made} />
          <p>
            <Button type="primary" autoFocus onClick={close}>
              {say("close")}
            </Button>
          </p>
        </>
      )}
    </Modal>
  );
};
