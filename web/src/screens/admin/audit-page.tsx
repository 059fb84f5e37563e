/** Who did what: searched by person, action, thing and day; and the proof that no row of it was touched. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Form, Input, Tag } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import type { Answer, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { DayField, isRead } from "#web/furniture/day-field.tsx";
import { Details } from "#web/furniture/details.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import { Who } from "#web/furniture/who.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { actorName, actorText } from "#web/words/actors.ts";
import { type AuditWords, useAuditWords } from "#web/words/audit-words.ts";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import { ActionChoice } from "./action-choice.tsx";
import styles from "./admin.module.css";
import { type AuditFilter, auditFilterOf } from "./filters.ts";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Entry = Answer<"post", "/audit/search">["items"][number];
type Verification = Item<"/audit/verifications">;
/** Names somebody or something: typed, kept with a saved filter, and never in the address. */
type Typed = { readonly actor: string; readonly command: string; readonly subject: string };
type Fields = Partial<Typed> & { readonly from?: Dayjs | null; readonly until?: Dayjs | null };
const NOTHING: Typed = { actor: "", command: "", subject: "" };

const typedOf = (values: Readonly<Record<string, unknown>>): Typed => {
  const text = (name: keyof Typed): string => {
    const value = values[name];
    return typeof value === "string" ? value.trim() : "";
  };
  return { actor: text("actor"), command: text("command"), subject: text("subject") };
};
const said = (typed: Typed): Partial<Typed> =>
  Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== ""));

const countOf = (report: unknown): number | null => {
  if (typeof report !== "object" || report === null || !("findings" in report)) return null;
  return Array.isArray(report.findings) ? report.findings.length : null;
};

const Verifications = () => {
  const t = words.useWords();
  const query = api.useQuery("get", "/audit/verifications", {}, { refetchInterval: 5000 });
  const ask = api.useMutation("post", "/audit/verifications");
  const runs = query.data?.items ?? [];
  const isOpen = runs.some(({ state }) => state === "asked" || state === "running");
  const columns: ColumnsType<Verification> = [
    { title: t("at"), render: (_, row) => dateTime(row.askedAt) },
    { title: t("who"), render: (_, row) => <Who login={row.askedBy} name={row.askedByName} /> },
    {
      title: t("state"),
      render: (_, row) => (
        <Tag color={row.state === "failed" ? "error" : "processing"}>{t(`run.${row.state}`)}</Tag>
      ),
    },
    {
      title: t("findings"),
      render: (_, row) => {
        const count = countOf(row.report);
        if (count === null) return "";
        return <Tag color={count === 0 ? "success" : "error"}>{count === 0 ? t("untouched") : count}</Tag>;
      },
    },
  ];
  const [last] = runs.filter(({ state }) => state === "done");
  return (
    <section className={styles["panel"]}>
      <div className={styles["row"]}>
        <h2>{t("verifications")}</h2>
        <Button
          disabled={isOpen}
          loading={ask.isPending}
          onClick={() => ask.mutate({}, { onSuccess: () => void forget("/audit/verifications") })}
        >
          {t("verify")}
        </Button>
        <span className={styles["quiet"]}>{t("verifyHint")}</span>
      </div>
      <Problem error={ask.error} />
      {last !== undefined && (countOf(last.report) ?? 0) > 0 ? (
        <Alert
          type="error"
          showIcon
          title={t("touched")}
          description={<Details of={last.report} most={8} />}
        />
      ) : null}
      <DataTable
        data={rowsOf(query, runs)}
        rowKey={(row) => row.id}
        columns={columns}
        empty={t("neverVerified")}
        label={t("verifications")}
      />
    </section>
  );
};

type FormProps = { typed: Typed; days: AuditFilter; search: (typed: Typed, days: AuditFilter) => void };
const SearchForm = ({ typed, days, search }: FormProps) => {
  const t = words.useWords();
  const say = common.useWords();
  const audit = useAuditWords();
  const { from, until } = days;
  const dayOf = (day: string | undefined): Dayjs | null => (day === undefined ? null : dayjs(day));
  const submit = ({ from: first, until: last, ...fields }: Fields): void => {
    // One day alone is that day; days the wrong way round mean what they mean the right way round.
    const [one, other] = [first ?? last, last ?? first];
    const [start, end] = one?.isAfter(other) === true ? [other, one] : [one, other];
    search(
      typedOf({
        ...fields,
        actor: actorName(fields.actor ?? ""),
        subject: audit.subjectCode(fields.subject ?? ""),
      }),
      start === undefined || start === null || end === undefined || end === null
        ? {}
        : { from: start.format("YYYY-MM-DD"), until: end.format("YYYY-MM-DD") },
    );
  };
  const readable = [
    {
      validator: async (_: unknown, day: Fields["from"]) =>
        isRead(day) ? undefined : Promise.reject(new Error("")),
    },
  ];
  return (
    <Form<Fields>
      layout="inline"
      initialValues={{
        ...typed,
        actor: actorText(typed.actor, language()),
        subject: audit.subject(typed.subject),
        from: dayOf(from),
        until: dayOf(until),
      }}
      onFinish={submit}
    >
      <Form.Item name="actor" label={t("auditWho")}>
        <Input allowClear maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="command" label={t("action")}>
        <ActionChoice />
      </Form.Item>
      <Form.Item name="subject" label={t("subject")}>
        <Input allowClear maxLength={120} style={{ width: 280 }} placeholder={t("auditThing")} />
      </Form.Item>
      <Form.Item name="from" label={t("days")} rules={readable}>
        <DayField aria-label={t("firstDay")} />
      </Form.Item>
      <Form.Item name="until" label="–" colon={false} rules={readable}>
        <DayField aria-label={t("untilDay")} />
      </Form.Item>
      <Button type="primary" htmlType="submit">
        {say("search")}
      </Button>
    </Form>
  );
};

/** The thing by the number that people know, where it has one. */
const knownAs = ({ subject, subjectNo }: Entry): string =>
  subjectNo === null ? subject : `${subject.split(":")[0] ?? ""}:${subjectNo}`;

const wholeIn = (audit: AuditWords) => (row: Entry) => (
  <Details
    of={{ ...row.details, requestId: row.requestId }}
    most={Number.POSITIVE_INFINITY}
    nameOf={audit.detail}
    wordOf={audit.value(row)}
  />
);

export const AuditPage = () => {
  const t = words.useWords();
  const audit = useAuditWords();
  const navigate = useNavigate();
  const days = auditFilterOf(useSearch({ from: "/inside/admin/audit" }));
  const [typed, setTyped] = useState(NOTHING);
  const query = { ...said(typed), ...days };
  const search = (wanted: Typed, between: AuditFilter): void => {
    setTyped(wanted);
    void navigate({ to: "/admin/audit", search: between, replace: true });
  };
  const data = usePages(["post", "/audit/search", query], (cursor) =>
    call
      .POST("/audit/search", { body: { ...query, ...(cursor === undefined ? {} : { cursor }) } })
      .then((answer) => answer.data),
  );
  const columns: ColumnsType<Entry> = [
    { title: t("at"), render: (_, row) => dateTime(row.at) },
    { title: t("who"), render: (_, row) => <Who login={row.actorName} name={row.actorDisplayName} /> },
    { title: t("action"), render: (_, row) => <span title={row.command}>{audit.action(row.command)}</span> },
    {
      title: t("subject"),
      render: (_, row) => (
        <Button
          type="link"
          size="small"
          style={{ paddingInline: 0 }}
          title={row.subject}
          onClick={() => search({ ...typed, subject: row.subject }, days)}
        >
          {audit.subject(knownAs(row))}
        </Button>
      ),
    },
    {
      title: t("details"),
      width: 480,
      render: (_, row) => <Details of={row.details} nameOf={audit.detail} wordOf={audit.value(row)} />,
    },
  ];
  return (
    <>
      <PageBar title={t("auditTitle")} readAt={data.readAt}>
        <SavedFilters typed={typed} take={(kept) => setTyped(typedOf(kept))} />
      </PageBar>
      <Verifications />
      <section className={styles["panel"]}>
        <SearchForm key={JSON.stringify(query)} typed={typed} days={days} search={search} />
        <DataTable
          data={data}
          rowKey={(row) => row.id}
          columns={columns}
          expandable={{
            expandedRowRender: wholeIn(audit),
          }}
          empty={t("noAudit")}
          label={t("auditTitle")}
        />
      </section>
    </>
  );
};
