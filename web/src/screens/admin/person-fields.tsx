/** What a login has: roles and areas, to be chosen. */
import { Alert, Checkbox, Select } from "antd";
import { api } from "#web/api/client.ts";
import { STAFF_ROLES, type StaffRole } from "./staff-roles.ts";
import { roleWords } from "./words-roles.ts";
import { words } from "./words.ts";

type Field<Value> = {
  readonly value?: Value;
  readonly onChange?: (value: Value) => void;
  readonly disabled?: boolean;
};

export const RolesField = ({ value = [], onChange, disabled = false }: Field<StaffRole[]>) => {
  const t = roleWords.useWords();
  return (
    <Checkbox.Group
      disabled={disabled}
      value={value}
      onChange={(chosen) => onChange?.(chosen)}
      options={STAFF_ROLES.map((role) => ({ value: role, label: t(role) }))}
    />
  );
};

/** Both sides of the same four eyes on one login. */
export const BothFinance = ({ roles }: { roles: readonly StaffRole[] | undefined }) => {
  const t = words.useWords();
  const isBoth = roles?.includes("finance") === true && roles.includes("finance-approver");
  return isBoth ? <Alert type="warning" showIcon role="status" title={t("bothFinance")} /> : null;
};

/** No area: everywhere, or as an area manager nowhere. */
export const AreasField = ({
  id,
  value = [],
  onChange,
  disabled = false,
  roles,
}: Field<string[]> & { id?: string; roles: readonly StaffRole[] | undefined }) => {
  const t = words.useWords();
  const areas = api.useQuery("get", "/network/areas");
  return (
    <Select
      {...(id === undefined ? {} : { id })}
      mode="multiple"
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      disabled={disabled}
      aria-label={t("areas")}
      placeholder={t(roles?.includes("area-manager") === true ? "nowhere" : "everywhere")}
      loading={areas.isFetching}
      value={value}
      onChange={(chosen: string[]) => onChange?.(chosen)}
      options={(areas.data?.areas ?? []).map((area) => ({ value: area.id, label: area.name }))}
    />
  );
};
