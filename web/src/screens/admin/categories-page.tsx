/** What a case can be about: how urgent it is at first, how many are asked afterwards, and whether it is offered. */
import { InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Body, Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { codes } from "#web/words/codes.ts";
import { language } from "#web/words/words.ts";
import { SEVERITIES } from "#web/words/severities.ts";
import { rowsOf } from "./rows.ts";
import { words } from "./words.ts";

type Category = Item<"/ticket-categories">;

/** Kept when it is left or Enter is pressed, never at each key. */
const Percent = ({
  label,
  basisPoints,
  disabled,
  keep,
}: {
  label: string;
  basisPoints: number;
  disabled: boolean;
  keep: (basisPoints: number) => void;
}) => {
  const [percent, setPercent] = useState<number | null>(basisPoints / 100);
  const leave = (): void => {
    if (percent === null) setPercent(basisPoints / 100);
    else if (percent * 100 !== basisPoints) keep(percent * 100);
  };
  return (
    <InputNumber
      size="small"
      aria-label={label}
      min={0}
      max={100}
      precision={0}
      disabled={disabled}
      value={percent}
      onChange={setPercent}
      onBlur={leave}
      onPressEnter={leave}
    />
  );
};

export const CategoriesPage = () => {
  const t = words.useWords();
  const code = codes.useWords();
  const query = api.useQuery("get", "/ticket-categories");
  const change = api.useMutation("patch", "/ticket-categories/{code}");
  const put = (row: Category, body: Body<"patch", "/ticket-categories/{code}">): void =>
    change.mutate(
      { params: { path: { code: row.code } }, body },
      { onSuccess: () => void forget("/ticket-categories") },
    );
  const name = (row: Category): string => (language() === "en" ? row.nameEn : row.name);
  const all = query.data?.items ?? [];
  const above = (row: Category): string => {
    const parent = all.find((one) => one.code === row.parent);
    return parent === undefined ? "" : name(parent);
  };
  const columns: ColumnsType<Category> = [
    { title: t("above"), render: (_, row) => above(row) },
    { title: t("name"), render: (_, row) => name(row) },
    { title: t("code"), dataIndex: "code" },
    {
      title: t("severity"),
      render: (_, row) => (
        <Select
          size="small"
          aria-label={`${t("severity")} ${name(row)}`}
          value={row.severity}
          onChange={(severity) => put(row, { severity })}
          options={SEVERITIES.map((one) => ({ value: one, label: code(`severity.${one}`) }))}
        />
      ),
    },
    {
      title: t("returnVisits"),
      render: (_, row) => (
        <Percent
          key={row.returnVisitBasisPoints}
          label={`${t("returnVisits")} ${name(row)}`}
          basisPoints={row.returnVisitBasisPoints}
          disabled={change.isPending}
          keep={(returnVisitBasisPoints) => put(row, { returnVisitBasisPoints })}
        />
      ),
    },
    {
      title: t("fields"),
      ellipsis: true,
      render: (_, row) =>
        row.fields
          .map((field) => `${language() === "en" ? field.labelEn : field.label}${field.required ? "*" : ""}`)
          .join("、"),
    },
    {
      title: t("offered"),
      render: (_, row) => (
        <Switch
          size="small"
          aria-label={`${t("offered")} ${name(row)}`}
          checked={row.active}
          onChange={(active) => put(row, { active })}
        />
      ),
    },
  ];
  return (
    <>
      <PageBar title={t("categoriesTitle")} readAt={query.dataUpdatedAt} />
      <Problem error={change.error} />
      <DataTable
        data={rowsOf(
          query,
          all.filter(({ parent }) => parent !== null),
        )}
        rowKey={(row) => row.code}
        columns={columns}
        empty={t("nothing")}
        label={t("categoriesTitle")}
      />
    </>
  );
};
