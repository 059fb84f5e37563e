/** Enters an absence, and puts somebody at a desk. */
import { Form, Modal, Radio, Select } from "antd";
import type { Dayjs } from "dayjs";
import { api, forget } from "#web/api/client.ts";
import { DayField } from "#web/furniture/day-field.tsx";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useEverybody } from "#web/furniture/use-everybody.ts";
import { common } from "#web/words/common.ts";
import { standInWords } from "./words-stand-ins.ts";

const KINDS = ["leave", "sick", "training", "other"] as const;
type Absence = { login: string; kind: (typeof KINDS)[number]; from: Dayjs; until?: Dayjs | null };

/** Everybody whose login stands, by login: that is what the routes of absences and desks take. */
const Who = () => {
  const t = standInWords.useWords();
  const say = common.useWords();
  const people = useEverybody();
  return (
    <>
      <Form.Item name="login" label={t("who")} rules={[{ required: true, message: say("required") }]}>
        <Select
          autoFocus
          showSearch={{ optionFilterProp: "label" }}
          loading={people.isFetching}
          options={(people.data ?? [])
            .filter(({ disabledAt }) => disabledAt === null)
            .map(({ login, displayName }) => ({ value: login, label: `${displayName} · ${login}` }))}
        />
      </Form.Item>
      <Problem error={people.error} />
    </>
  );
};

export const NewAbsence = ({ close }: { close: () => void }) => {
  const t = standInWords.useWords();
  const say = common.useWords();
  const enter = api.useMutation("post", "/staff/absences");
  const [form] = Form.useForm<Absence>();
  return (
    <Modal
      open
      title={t("enter")}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: enter.isPending }}
    >
      <Form<Absence>
        form={form}
        layout="vertical"
        initialValues={{ kind: "leave", from: houseToday() }}
        onFinish={({ login, kind, from, until = null }) =>
          enter.mutate(
            {
              body: {
                login,
                kind,
                from: from.format("YYYY-MM-DD"),
                until: until?.isValid() === true ? until.format("YYYY-MM-DD") : null,
              },
            },
            { onSuccess: () => void forget("/staff/absences", "/network/areas").then(close) },
          )
        }
      >
        <Who />
        <Form.Item name="kind" label={t("kind")}>
          <Radio.Group options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))} />
        </Form.Item>
        <Form.Item name="from" label={t("from")} rules={[{ required: true, message: say("required") }]}>
          <DayField allowClear={false} />
        </Form.Item>
        <Form.Item name="until" label={t("until")}>
          <DayField />
        </Form.Item>
        <Problem error={enter.error} />
        <EnterSends />
      </Form>
    </Modal>
  );
};

export const JoinDesk = ({ role, name, close }: { role: string; name: string; close: () => void }) => {
  const t = standInWords.useWords();
  const say = common.useWords();
  const join = api.useMutation("post", "/routing/roles/{role}/members");
  const [form] = Form.useForm<{ login: string; from: Dayjs }>();
  return (
    <Modal
      open
      title={`${name} · ${t("join")}`}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: join.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ from: houseToday() }}
        onFinish={({ login, from }) =>
          join.mutate(
            { params: { path: { role } }, body: { login, from: from.format("YYYY-MM-DD") } },
            {
              onSuccess: () =>
                void forget("/routing/roles", "/routing/tables/{tableId}/coverage").then(close),
            },
          )
        }
      >
        <Who />
        <Form.Item name="from" label={t("from")} rules={[{ required: true, message: say("required") }]}>
          <DayField allowClear={false} />
        </Form.Item>
        <Problem error={join.error} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
