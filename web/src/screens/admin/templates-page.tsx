/** What we say to people: each text with whose words it is, what our own lint says of it and what the provider said. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Segmented, Tag } from "antd";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { api } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { useCodes } from "#web/words/codes.ts";
import { rowsOf } from "./rows.ts";
import { TemplateDrawer } from "./template-drawer.tsx";
import { CHANNELS, type Template } from "./templates.ts";
import { words } from "./words.ts";

const keyOf = (row: Template): string => `${row.channel} ${row.name} ${row.locale}`;

/** Whose words they are, and what is under way. */
const Standing = ({ row }: { row: Template }) => {
  const t = words.useWords();
  const { revision, open, ahead } = row;
  return (
    <>
      {revision === null ? t("ofProgram") : t("ofHouse", { revision })}{" "}
      {open === null ? null : (
        <Mark tone={open.state === "waiting" ? "warn" : "info"}>
          {t(open.state === "waiting" ? "isWaiting" : "isDrafted")}
        </Mark>
      )}
      {ahead === null ? null : (
        <Mark tone="info">{t("isAhead", { revision: ahead.revision, at: dateTime(ahead.liveFrom) })}</Mark>
      )}
      {row.fits ? null : <Mark tone="bad">{t("misfit")}</Mark>}
      {row.programChanged ? <Mark tone="warn">{t("released")}</Mark> : null}
    </>
  );
};

const useColumns = (): ColumnsType<Template> => {
  const t = words.useWords();
  const word = useCodes();
  return [
    { title: t("name"), dataIndex: "name", width: 230 },
    { title: t("language"), render: (_, row) => t(`lang.${row.locale}`) },
    { title: t("purpose"), render: (_, row) => word("purpose", row.purpose) },
    { title: t("text"), dataIndex: "words", ellipsis: true, width: 380 },
    { title: t("wordsOf"), render: (_, row) => <Standing row={row} /> },
    {
      title: t("lint"),
      render: (_, row) =>
        row.findings.length === 0 ? (
          <Tag color="success">{t("clean")}</Tag>
        ) : (
          <Tag color={row.findings.some(({ level }) => level === "error") ? "error" : "warning"}>
            {row.findings.length}
          </Tag>
        ),
    },
    {
      title: t("approval"),
      render: (_, row) => {
        const current = row.approvals.find((one) => one.current);
        return current === undefined ? "" : t(`approval.${current.state}`);
      },
    },
  ];
};

export const TemplatesPage = () => {
  const t = words.useWords();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/admin/templates" });
  const { channel = "sms", name, locale = "zh-CN" } = search;
  const query = api.useQuery("get", "/message-templates", { params: { query: { channel } } });
  const columns = useColumns();
  const items = query.data?.items ?? [];
  const languages = items.filter((one) => one.name === name);
  const chosen = languages.find((one) => one.locale === locale) ?? languages[0];
  const turn = (next: typeof search): void => void navigate({ to: "/admin/templates", search: next });
  return (
    <>
      <PageBar title={t("templatesTitle")} readAt={query.dataUpdatedAt}>
        <Segmented
          aria-label={t("channel")}
          value={channel}
          onChange={(next) => turn({ channel: next })}
          options={CHANNELS.map((one) => ({ value: one, label: t(`channel.${one}`) }))}
        />
      </PageBar>
      <DataTable
        data={rowsOf(query, query.data?.items)}
        rowKey={keyOf}
        columns={columns}
        open={(row) => turn({ channel, name: row.name, locale: row.locale })}
        picked={chosen === undefined ? undefined : keyOf(chosen)}
        empty={t("nothing")}
        label={t("templatesTitle")}
      />
      {chosen === undefined ? null : (
        <TemplateDrawer
          key={chosen.name}
          template={chosen}
          languages={languages}
          registration={query.data?.registration ?? "none"}
          close={() => turn({ channel })}
        />
      )}
    </>
  );
};
