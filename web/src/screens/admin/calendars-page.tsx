/** Working time: named calendars in versions that two people make, and the days that a notice of the state changes. */
import { Button, Form, Input, Modal, Select, Tag } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Body, Item } from "#web/api/types.ts";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { tellDone } from "#web/furniture/above.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { Holidays } from "./holidays.tsx";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Calendar = Item<"/calendars">;
type Week = Body<"post", "/calendars">["heating"];
const DAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
  "holiday",
  "makeUpDay",
] as const;
type Typed = {
  title: string;
  holidays: "company" | "bank" | "none";
  reason: string;
  heating: Record<string, string>;
  other: Record<string, string>;
};

const hoursOf = (week: Week, day: (typeof DAYS)[number]): string => (week[day] ?? []).join(" ");
const textsOf = (week: Week): Record<string, string> =>
  Object.fromEntries(DAYS.map((day) => [day, hoursOf(week, day)]));
const weekOf = (texts: Record<string, string>): Week =>
  Object.fromEntries(
    DAYS.flatMap((day) => {
      const blocks = (texts[day] ?? "").split(/[\s,，、]+/).filter((block) => block !== "");
      return blocks.length === 0 ? [] : [[day, blocks]];
    }),
  );

/** The next version begins with what holds now. */
const NextVersion = ({ calendar, close }: { calendar: Calendar; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const [form] = Form.useForm<Typed>();
  const write = api.useMutation("post", "/calendars");
  const week = (name: "heating" | "other") => (
    <fieldset className={styles["panel"]}>
      <legend>{t(`hours.${name}`)}</legend>
      {DAYS.map((day) => (
        <Form.Item key={day} name={[name, day]} label={t(`day.${day}`)}>
          <Input placeholder={t("closedDay")} maxLength={100} />
        </Form.Item>
      ))}
    </fieldset>
  );
  return (
    <Modal
      open
      width={760}
      title={`${calendar.title} · ${t("nextVersion")}`}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={() => form.submit()}
      onCancel={close}
      okButtonProps={{ loading: write.isPending }}
    >
      <Form<Typed>
        form={form}
        labelCol={{ span: 6 }}
        initialValues={{
          title: calendar.title,
          holidays: calendar.holidays,
          heating: textsOf(calendar.heating),
          other: textsOf(calendar.other),
        }}
        onFinish={(typed) =>
          write.mutate(
            {
              body: {
                name: calendar.name,
                title: typed.title,
                holidays: typed.holidays,
                reason: typed.reason,
                heating: weekOf(typed.heating),
                other: weekOf(typed.other),
              },
            },
            { onSuccess: () => void forget("/calendars").then(close) },
          )
        }
      >
        <Form.Item name="title" label={t("name")} rules={[{ required: true }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="holidays" label={t("holidaysOf")}>
          <Select
            options={(["company", "bank", "none"] as const).map((kind) => ({
              value: kind,
              label: t(`holidays.${kind}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={say("reason")} rules={[{ required: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <p className={styles["quiet"]}>{t("hoursHint")}</p>
        <div className={styles["row"]}>
          {week("heating")}
          {week("other")}
        </div>
        <Problem error={write.error} />
        <EnterSends />
      </Form>
    </Modal>
  );
};

const Recount = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const act = async (reason: string): Promise<void> => {
    const { data } = await call.POST("/clock-recalculations", { body: { reason } });
    if (data !== undefined) tellDone(t("recounted", data));
  };
  return (
    <AskReason title={t("recount")} act={act} close={close}>
      <p className={styles["quiet"]}>{t("recountHint")}</p>
    </AskReason>
  );
};

export const CalendarsPage = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/calendars");
  const approve = api.useMutation("post", "/calendars/{id}/approve");
  const [next, setNext] = useState<Calendar>();
  const [isRecounting, setRecounting] = useState(false);
  const columns: ColumnsType<Calendar> = [
    { title: t("name"), render: (_, row) => row.title },
    { title: t("code"), dataIndex: "name" },
    { title: t("version"), dataIndex: "version", align: "right" },
    { title: t("hours.heating"), render: (_, row) => hoursOf(row.heating, "monday") },
    { title: t("hours.other"), render: (_, row) => hoursOf(row.other, "monday") },
    {
      title: t("state"),
      render: (_, row) =>
        row.approvedAt === null ? <Tag color="warning">{t("waits")}</Tag> : dateTime(row.approvedAt),
    },
    {
      title: "",
      key: "do",
      render: (_, row) =>
        row.approvedAt === null ? (
          <Button
            size="small"
            loading={approve.isPending}
            onClick={() =>
              approve.mutate(
                { params: { path: { id: row.id } }, body: {} },
                { onSuccess: () => void forget("/calendars") },
              )
            }
          >
            {t("approve")}
          </Button>
        ) : (
          <Button size="small" onClick={() => setNext(row)}>
            {t("nextVersion")}
          </Button>
        ),
    },
  ];
  return (
    <>
      <PageBar
        title={t("calendarsTitle")}
        readAt={query.dataUpdatedAt}
        actions={<Button onClick={() => setRecounting(true)}>{t("recount")}</Button>}
      />
      <Problem error={approve.error} />
      <div className={styles["columns"]}>
        <section className={styles["panel"]}>
          <DataTable
            data={rowsOf(query, query.data?.items)}
            rowKey={(row) => row.id}
            columns={columns}
            empty={t("nothing")}
            label={t("calendarsTitle")}
          />
        </section>
        <Holidays />
      </div>
      {next === undefined ? null : <NextVersion calendar={next} close={() => setNext(undefined)} />}
      {isRecounting ? <Recount close={() => setRecounting(false)} /> : null}
    </>
  );
};
