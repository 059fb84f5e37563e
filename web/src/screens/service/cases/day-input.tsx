/** A day, as "2026-11-23". */
import { DatePicker } from "antd";
import dayjs from "dayjs";

export const DayInput = ({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) => (
  <DatePicker
    aria-label={label}
    value={value === "" ? null : dayjs(value)}
    onChange={(chosen) => change(chosen === null ? "" : chosen.format("YYYY-MM-DD"))}
  />
);
