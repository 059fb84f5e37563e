/** Whom an emergency calls today, by list and rank. */
import { Button, Form, Input, InputNumber, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { DayField } from "#web/furniture/day-field.tsx";
import { phoneText } from "#web/furniture/format.ts";
import { houseToday } from "#web/furniture/house-day.ts";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { AskFields } from "./ask-fields.tsx";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Phone = Item<"/duty-phones">;
const dayOf = (day: Dayjs): string => day.format("YYYY-MM-DD");
const again = (close: () => void) => ({ onSuccess: () => void forget("/duty-phones").then(close) });

const useAreaNames = () => {
  const query = api.useQuery("get", "/network/areas", {}, { staleTime: 600_000 });
  return (query.data?.areas ?? []).map(({ id, name }) => ({ value: id, label: name }));
};

const NewPhone = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const areas = useAreaNames();
  const put = api.useMutation("post", "/duty-phones");
  const needed = [{ required: true, message: say("required") }];
  return (
    <AskFields<{ areaId?: string; rank: number; name: string; number: string; from: Dayjs }>
      title={t("setPhone")}
      first={{ rank: 1, from: houseToday() }}
      error={put.error}
      isSending={put.isPending}
      send={({ from, ...typed }) => put.mutate({ body: { ...typed, from: dayOf(from) } }, again(close))}
      close={close}
    >
      <Form.Item name="areaId" label={t("list")}>
        <Select
          allowClear
          placeholder={t("companyList")}
          showSearch={{ optionFilterProp: "label" }}
          options={areas}
        />
      </Form.Item>
      <Form.Item name="rank" label={t("rank")} rules={needed}>
        <InputNumber min={1} max={99} precision={0} />
      </Form.Item>
      <Form.Item name="name" label={t("memberName")} rules={needed}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="number" label={t("number")} rules={needed}>
        <Input maxLength={40} inputMode="tel" />
      </Form.Item>
      <Form.Item name="from" label={t("from")} rules={needed}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

const Clearing = ({ phone, close }: { phone: Phone; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const end = api.useMutation("post", "/duty-phones/end");
  const { areaId, rank } = phone;
  return (
    <AskFields<{ until: Dayjs }>
      title={t("clearTitle", { name: phone.name })}
      first={{ until: houseToday().add(1, "day") }}
      error={end.error}
      isSending={end.isPending}
      send={({ until }) => end.mutate({ body: { areaId, rank, until: dayOf(until) } }, again(close))}
      close={close}
    >
      <Form.Item name="until" label={t("lastDay")} rules={[{ required: true, message: say("required") }]}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

export const DutyPhones = () => {
  const t = words.useWords();
  const areas = useAreaNames();
  const query = api.useQuery("get", "/duty-phones");
  const [isSetting, setSetting] = useState(false);
  const [clearing, setClearing] = useState<Phone>();
  return (
    <section className={styles["panel"]}>
      <p className={styles["row"]}>
        <Button type="primary" onClick={() => setSetting(true)}>
          {t("setPhone")}
        </Button>
        <span className={styles["quiet"]}>{t("phoneHint")}</span>
      </p>
      <DataTable<Phone>
        data={rowsOf(query, query.data?.items)}
        rowKey={(row) => row.id}
        columns={[
          {
            title: t("list"),
            render: (_, row) =>
              row.areaId === null
                ? t("companyList")
                : (areas.find(({ value }) => value === row.areaId)?.label ?? row.areaId),
          },
          { title: t("rank"), dataIndex: "rank", align: "right", width: 80 },
          { title: t("memberName"), dataIndex: "name" },
          { title: t("number"), render: (_, row) => phoneText(row.number) },
          {
            title: "",
            key: "do",
            width: 90,
            render: (_, row) => (
              <Button size="small" onClick={() => setClearing(row)}>
                {t("clearPhone")}
              </Button>
            ),
          },
        ]}
        empty={t("noPhone")}
        label={t("crews.phones")}
      />
      {isSetting ? <NewPhone close={() => setSetting(false)} /> : null}
      {clearing === undefined ? null : <Clearing phone={clearing} close={() => setClearing(undefined)} />}
    </section>
  );
};
