/** A day, as "2026-11-23". */
import dayjs from "dayjs";
import { DayField } from "#web/furniture/day-field.tsx";

export const DayInput = ({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) => (
  <DayField
    aria-label={label}
    value={value === "" ? null : dayjs(value)}
    onChange={(chosen) => change(chosen?.isValid() === true ? chosen.format("YYYY-MM-DD") : "")}
  />
);
