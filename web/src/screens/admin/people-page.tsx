/** Logins of people: who works here, as what, where; made, changed, locked out. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, Tag } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { laterDialog } from "#web/furniture/later.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { type Person, useEverybody } from "#web/furniture/use-everybody.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "./admin.module.css";
import { peopleFilterOf } from "./filters.ts";
import { rowsOf } from "./rows.ts";
import { STAFF_ROLES } from "./staff-roles.ts";
import { roleWords } from "./words-roles.ts";
import { words } from "./words-logins.ts";

const NewPerson = laterDialog(async () => (await import("./new-person.tsx")).NewPerson);
const PersonDrawer = laterDialog(async () => (await import("./person-drawer.tsx")).PersonDrawer);

export type Member = Person;
type Filter = { readonly text: string; readonly role: string | undefined };

const fits = (member: Member, { text, role }: Filter): boolean =>
  (text === "" || member.login.includes(text.toLowerCase()) || member.displayName.includes(text)) &&
  (role === undefined || member.roles.some((one) => one === role));

export const PeoplePage = () => {
  const t = words.useWords();
  const roleName = roleWords.useWords();
  const may = useMay();
  const filter = useSearch({ from: "/inside/admin/people" });
  const navigate = useNavigate({ from: "/admin/people" });
  const query = useEverybody();
  const everybody = query.data ?? [];
  const areas = api.useQuery("get", "/network/areas");
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<string>();
  const [isMaking, setMaking] = useState(false);
  useShortcut("n", t("newPerson"), () => setMaking(true), may("staff.write"));
  const nameOfArea = (id: string): string => areas.data?.areas.find((area) => area.id === id)?.name ?? id;
  const columns: ColumnsType<Member> = [
    { title: t("login"), dataIndex: "login" },
    { title: t("name"), dataIndex: "displayName" },
    { title: t("roles"), render: (_, row) => row.roles.map((role) => roleName(role)).join("、") },
    {
      title: t("areas"),
      render: (_, row) => (row.areaIds === null ? t("everywhere") : row.areaIds.map(nameOfArea).join("、")),
    },
    { title: t("mobile"), dataIndex: "mobile" },
    {
      title: t("state"),
      render: (_, row) => (
        <>
          {row.disabledAt === null ? null : <Tag color="error">{t("disabled")}</Tag>}
          {row.lockedUntil === null ? null : (
            <Tag color="warning">{t("locked", { until: dateTime(row.lockedUntil) })}</Tag>
          )}
          {row.mustChangePassword ? <Tag>{t("initial")}</Tag> : null}
          {row.secondFactor ? <Tag color="success">{t("secondFactor")}</Tag> : null}
        </>
      ),
    },
  ];
  const shown = everybody.filter((member) => fits(member, { text, role: filter.role }));
  const chosen = everybody.find(({ id }) => id === picked);
  return (
    <>
      <PageBar
        title={t("people")}
        readAt={query.dataUpdatedAt}
        actions={
          may("staff.write") ? (
            <Button type="primary" onClick={() => setMaking(true)}>
              {t("newPerson")}
            </Button>
          ) : null
        }
      >
        <Input
          className={styles["find"] ?? ""}
          allowClear
          aria-label={t("findPerson")}
          placeholder={t("findPerson")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Select
          aria-label={t("roles")}
          popupMatchSelectWidth={false}
          value={filter.role ?? ""}
          onChange={(role) => void navigate({ search: peopleFilterOf({ role }), replace: true })}
          options={[
            { value: "", label: t("everyRole") },
            ...STAFF_ROLES.map((role) => ({ value: role, label: roleName(role) })),
          ]}
        />
        <SavedFilters typed={{ text }} take={(typed) => setText(String(typed["text"] ?? ""))} />
      </PageBar>
      <DataTable
        data={rowsOf(query, shown)}
        rowKey={(row) => row.id}
        columns={columns}
        picked={picked}
        open={(row) => setPicked(row.id)}
        empty={t("noPerson")}
        label={t("people")}
      />
      {isMaking ? <NewPerson close={() => setMaking(false)} /> : null}
      {chosen === undefined ? null : <PersonDrawer member={chosen} close={() => setPicked(undefined)} />}
    </>
  );
};
