/** Puts a person on a duty of an area from a day on. */
import { Form, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { api, forget } from "#web/api/client.ts";
import { DayField } from "#web/furniture/day-field.tsx";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { houseToday } from "#web/furniture/house-day.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { type Area, DUTIES } from "./areas.ts";
import { usePeopleChoices } from "./people-choices.ts";
import { words } from "./words.ts";

type Typed = { staffId: string; duty: (typeof DUTIES)[number]; from: Dayjs };

export const NewDuty = ({ area, close }: { area: Area; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const people = usePeopleChoices();
  const give = api.useMutation("post", "/network/areas/{areaId}/duties");
  const [form] = Form.useForm<Typed>();
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
        initialValues={{ duty: "manager", from: houseToday() }}
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
        <Form.Item name="staffId" label={t("who")} rules={[{ required: true, message: say("required") }]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            loading={people.isReading}
            options={people.choices}
          />
        </Form.Item>
        <Form.Item name="duty" label={t("duty")}>
          <Select options={DUTIES.map((duty) => ({ value: duty, label: t(`duty.${duty}`) }))} />
        </Form.Item>
        <Form.Item name="from" label={t("from")} rules={[{ required: true, message: say("required") }]}>
          <DayField allowClear={false} />
        </Form.Item>
        <Problem error={people.error ?? give.error} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
