/** Enters a notice of holidays: pasted and read, or day by day; every day is seen before it holds. */
import { Alert, Button, Drawer, Form, Input, Segmented, Tag } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { tellDone } from "#web/furniture/above.ts";
import { DayField } from "#web/furniture/day-field.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Tall } from "#web/furniture/tall.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { Table } from "#web/furniture/table.tsx";
import styles from "./admin.module.css";
import { daysThrough, type NoticeDay, readNotice, titleOf, weekdayOf } from "./read-holiday-notice.ts";
import { words } from "./words.ts";

const MOST_DAYS = 120;
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const merged = (before: readonly NoticeDay[], more: readonly NoticeDay[]): NoticeDay[] =>
  [...new Map([...before, ...more].map((one) => [one.day, one])).values()].toSorted((one, other) =>
    one.day < other.day ? -1 : 1,
  );

/** A worked weekday and a day off that is not asked for are what a typing error looks like. */
const isOdd = ({ day, working }: NoticeDay): boolean => working && weekdayOf(day) <= 5;

const AddDays = ({ year, add }: { year: number; add: (days: readonly NoticeDay[]) => void }) => {
  const t = words.useWords();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"off" | "work">("off");
  const [first, setFirst] = useState<Dayjs | null>(null);
  const [last, setLast] = useState<Dayjs | null>(null);
  const isSpan = first !== null && last !== null && !last.isBefore(first);
  const put = (): void => {
    if (!isSpan || name.trim() === "") return;
    const days = daysThrough(first.format("YYYY-MM-DD"), last.format("YYYY-MM-DD"));
    add(days.map((day) => ({ day, working: kind === "work", name: name.trim() })));
    setFirst(null);
    setLast(null);
  };
  return (
    <div className={styles["row"]}>
      <Segmented
        aria-label={t("state")}
        value={kind}
        onChange={setKind}
        options={[
          { value: "off", label: t("dayOff") },
          { value: "work", label: t("workDay") },
        ]}
      />
      <Input
        className={styles["find"] ?? ""}
        aria-label={t("holidayName")}
        placeholder={t("holidayName")}
        maxLength={40}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <DayField
        aria-label={t("firstDay")}
        placeholder={t("firstDay")}
        allowClear={false}
        defaultPickerValue={dayjs(`${year}-01-01`)}
        value={first}
        onChange={(day) => {
          setFirst(day);
          // Most are one day, or some days from it on.
          if (last === null || (day !== null && last.isBefore(day))) setLast(day);
        }}
      />
      –
      <DayField
        aria-label={t("untilDay")}
        placeholder={t("untilDay")}
        allowClear={false}
        value={last}
        onChange={setLast}
      />
      <Button disabled={!isSpan || name.trim() === ""} onClick={put}>
        {t("addDays")}
      </Button>
    </div>
  );
};

const Days = ({ days, drop }: { days: readonly NoticeDay[]; drop: (day: string) => void }) => {
  const t = words.useWords();
  const odd = days.filter(isOdd);
  return (
    <>
      {odd.length === 0 ? null : (
        <Alert type="warning" showIcon title={t("oddDays", { days: odd.map(({ day }) => day).join("、") })} />
      )}
      <p className={styles["quiet"]}>
        {t("daysCounted", {
          off: days.filter(({ working }) => !working).length,
          work: days.filter(({ working }) => working).length,
        })}
      </p>
      <Tall label={t("noticeDays")}>
        <Table<NoticeDay>
          aria-label={t("noticeDays")}
          rowKey="day"
          dataSource={days}
          empty={t("noNoticeDay")}
          columns={[
            { title: t("date"), dataIndex: "day", width: 110 },
            {
              title: t("weekday"),
              width: 90,
              render: (_, row) => t(`day.${WEEKDAYS[weekdayOf(row.day) - 1] ?? "monday"}`),
            },
            { title: t("name"), dataIndex: "name" },
            {
              title: t("state"),
              width: 80,
              render: (_, row) => (
                <Tag color={row.working ? "processing" : "success"}>
                  {t(row.working ? "workDay" : "dayOff")}
                </Tag>
              ),
            },
            {
              title: "",
              width: 80,
              render: (_, row) => (
                <Button size="small" type="text" onClick={() => drop(row.day)}>
                  {t("dropDay")}
                </Button>
              ),
            },
          ]}
        />
      </Tall>
    </>
  );
};

export const HolidayNotice = ({ year, close }: { year: number; close: () => void }) => {
  const t = words.useWords();
  const { draft, keep, clear } = useDraft("holiday-notice", {
    document: "",
    pasted: "",
    days: [] as readonly NoticeDay[],
  });
  const send = api.useMutation("post", "/holiday-notices");
  const read = (): void => {
    const title = titleOf(draft.pasted);
    keep({
      days: merged(draft.days, readNotice(draft.pasted, title?.year ?? year)),
      ...(title !== null && draft.document.trim() === "" ? { document: title.title } : {}),
    });
  };
  const save = (): void =>
    send.mutate(
      { body: { document: draft.document.trim(), days: [...draft.days] } },
      {
        onSuccess: ({ days }) => {
          clear();
          tellDone(t("noticeSaved", { days }));
          void forget("/holidays", "/calendars").then(close);
        },
      },
    );
  return (
    <Drawer open size={760} title={t("newNotice")} onClose={close}>
      <Form layout="vertical" onFinish={save}>
        <Form.Item label={t("pasteNotice")} htmlFor="notice-text" extra={t("pasteHint")}>
          <Input.TextArea
            id="notice-text"
            rows={4}
            value={draft.pasted}
            onChange={(event) => keep({ pasted: event.target.value })}
          />
        </Form.Item>
        <p>
          <Button disabled={draft.pasted.trim() === ""} onClick={read}>
            {t("readNotice")}
          </Button>
        </p>
        <AddDays year={year} add={(days) => keep({ days: merged(draft.days, days) })} />
        <Days days={draft.days} drop={(day) => keep({ days: draft.days.filter((one) => one.day !== day) })} />
        <Form.Item
          className={styles["spaced"] ?? ""}
          label={t("document")}
          htmlFor="notice-document"
          required
        >
          <Input
            id="notice-document"
            maxLength={200}
            value={draft.document}
            onChange={(event) => keep({ document: event.target.value })}
          />
        </Form.Item>
        <Problem error={send.error} />
        <p className={styles["row"]}>
          <Button
            type="primary"
            htmlType="submit"
            loading={send.isPending}
            disabled={
              draft.document.trim() === "" || draft.days.length === 0 || draft.days.length > MOST_DAYS
            }
          >
            {t("putNotice")}
          </Button>
          <span className={styles["quiet"]}>{t("putHint")}</span>
        </p>
      </Form>
    </Drawer>
  );
};
