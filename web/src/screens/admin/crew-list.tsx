/** Crews that go out, with their members of today; made, joined, left from a day on. */
import { Button, Checkbox, Form, Input, Select, Tag } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { DayField } from "#web/furniture/day-field.tsx";
import { phoneText } from "#web/furniture/format.ts";
import { houseToday } from "#web/furniture/house-day.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { AskFields } from "./ask-fields.tsx";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Crew = Item<"/crews">;
type Member = Crew["members"][number];
const again = (close: () => void) => ({ onSuccess: () => void forget("/crews").then(close) });
const dayOf = (day: Dayjs): string => day.format("YYYY-MM-DD");

const NewCrew = ({ close }: { close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const areas = api.useQuery("get", "/network/areas");
  const make = api.useMutation("post", "/crews");
  const needed = [{ required: true, message: say("required") }];
  return (
    <AskFields<{ code: string; name: string; areaId?: string }>
      title={t("newCrew")}
      first={{}}
      error={areas.error ?? make.error}
      isSending={make.isPending}
      send={(typed) => make.mutate({ body: typed }, again(close))}
      close={close}
    >
      <Form.Item name="code" label={t("code")} rules={needed}>
        <Input autoFocus maxLength={32} />
      </Form.Item>
      <Form.Item name="name" label={t("name")} rules={needed}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="areaId" label={t("areas")}>
        <Select
          allowClear
          placeholder={t("everywhere")}
          showSearch={{ optionFilterProp: "label" }}
          options={(areas.data?.areas ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
    </AskFields>
  );
};

const NewMember = ({ crew, close }: { crew: Crew; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const join = api.useMutation("post", "/crews/{crewId}/members");
  return (
    <AskFields<{ name: string; number?: string; leads: boolean; from: Dayjs }>
      title={`${crew.name} · ${t("addMember")}`}
      first={{ leads: false, from: houseToday() }}
      error={join.error}
      isSending={join.isPending}
      send={({ number, from, ...typed }) =>
        join.mutate(
          {
            params: { path: { crewId: crew.id } },
            body: {
              ...typed,
              from: dayOf(from),
              ...(number === undefined || number.trim() === "" ? {} : { number: number.trim() }),
            },
          },
          again(close),
        )
      }
      close={close}
    >
      <Form.Item name="name" label={t("memberName")} rules={[{ required: true, message: say("required") }]}>
        <Input autoFocus maxLength={60} />
      </Form.Item>
      <Form.Item name="number" label={t("number")}>
        <Input maxLength={40} inputMode="tel" />
      </Form.Item>
      <Form.Item name="leads" valuePropName="checked">
        <Checkbox>{t("leads")}</Checkbox>
      </Form.Item>
      <Form.Item name="from" label={t("from")} rules={[{ required: true, message: say("required") }]}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

const Leaving = ({ crew, member, close }: { crew: Crew; member: Member; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const leave = api.useMutation("post", "/crews/{crewId}/members/{memberId}/end");
  return (
    <AskFields<{ until: Dayjs }>
      title={t("leavesTitle", { name: member.name, crew: crew.name })}
      first={{ until: houseToday().add(1, "day") }}
      error={leave.error}
      isSending={leave.isPending}
      send={({ until }) =>
        leave.mutate(
          {
            params: { path: { crewId: crew.id, memberId: member.id } },
            body: { until: dayOf(until) },
          },
          again(close),
        )
      }
      close={close}
    >
      <Form.Item name="until" label={t("lastDay")} rules={[{ required: true, message: say("required") }]}>
        <DayField allowClear={false} />
      </Form.Item>
    </AskFields>
  );
};

type Open =
  | { readonly what: "crew" }
  | { readonly what: "member"; readonly crew: Crew }
  | { readonly what: "leave"; readonly crew: Crew; readonly member: Member };

export const CrewList = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/crews");
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const columns: ColumnsType<Crew> = [
    { title: t("crew"), render: (_, row) => `${row.name} · ${row.code}` },
    { title: t("areas"), render: (_, row) => row.area ?? t("everywhere") },
    {
      title: t("members"),
      render: (_, row) =>
        row.members.map((member) => (
          <Tag
            key={member.id}
            closable={{ "aria-label": t("leavesTitle", { name: member.name, crew: row.name }) }}
            onClose={(event) => {
              event.preventDefault();
              setOpen({ what: "leave", crew: row, member });
            }}
          >
            {member.name} {member.leads ? `(${t("leads")})` : ""}{" "}
            {member.number === null ? "" : phoneText(member.number)}
          </Tag>
        )),
    },
    { title: t("waitingOrders"), dataIndex: "waiting", align: "right", width: 100 },
    {
      title: "",
      key: "do",
      width: 110,
      render: (_, row) => (
        <Button size="small" onClick={() => setOpen({ what: "member", crew: row })}>
          {t("addMember")}
        </Button>
      ),
    },
  ];
  return (
    <section className={styles["panel"]}>
      <p>
        <Button type="primary" onClick={() => setOpen({ what: "crew" })}>
          {t("newCrew")}
        </Button>
      </p>
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("noCrew")}
        label={t("crews.field")}
      />
      {open?.what === "crew" ? <NewCrew close={close} /> : null}
      {open?.what === "member" ? <NewMember crew={open.crew} close={close} /> : null}
      {open?.what === "leave" ? <Leaving crew={open.crew} member={open.member} close={close} /> : null}
    </section>
  );
};
