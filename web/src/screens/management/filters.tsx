/** Days and area of a board; they stand in the address, so that a reload and a colleague see the same. */
import { useNavigate } from "@tanstack/react-router";
import { Input, Select } from "antd";
import { api } from "#web/api/client.ts";
import { narrowed, type Narrowing } from "./narrowing.ts";
import { words } from "./words.ts";

type Boards = "/boards/service" | "/boards/collection" | "/closures";

export const useNarrow = (to: Boards, search: Narrowing) => {
  const navigate = useNavigate();
  return (change: Narrowing) =>
    void navigate({ to, search: narrowed({ ...search, ...change }), replace: true });
};

export const DaySpan = ({
  from,
  to,
  onChange,
}: {
  from: string;
  to: string;
  onChange: (change: Narrowing) => void;
}) => {
  const t = words.useWords();
  return (
    <>
      <Input
        type="date"
        aria-label={`${t("days")} 1`}
        value={from}
        max={to}
        style={{ width: 130 }}
        onChange={({ target }) => (target.value === "" ? undefined : onChange({ from: target.value, to }))}
      />
      <Input
        type="date"
        aria-label={`${t("days")} 2`}
        value={to}
        min={from}
        style={{ width: 130 }}
        onChange={({ target }) => (target.value === "" ? undefined : onChange({ from, to: target.value }))}
      />
    </>
  );
};

export const AreaChoice = ({
  area,
  onChange,
}: {
  area: string | undefined;
  onChange: (change: Narrowing) => void;
}) => {
  const t = words.useWords();
  const { data } = api.useQuery("get", "/network/areas", {}, { staleTime: 600_000 });
  const options = (data?.areas ?? [])
    .filter(({ level }) => level !== "company")
    .map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Select
      aria-label={t("area")}
      showSearch={{ optionFilterProp: "label" }}
      style={{ width: 170 }}
      value={area ?? ""}
      options={[{ value: "", label: t("allAreas") }, ...options]}
      onChange={(value) => onChange({ area: value })}
    />
  );
};
