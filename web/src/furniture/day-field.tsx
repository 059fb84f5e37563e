/**
 * A day that is typed or picked. What is typed is read when the field is left or Enter is pressed, in every way people write a day;
 * what cannot be read empties the field and is said there: never another day than the one that was meant. A field that may be empty
 * gives an invalid day then, so that "no day" is not taken for what was meant either (`isRead`).
 */
import { DatePicker } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { type ComponentProps, createContext, use, useState } from "react";
import { common } from "#web/words/common.ts";
import styles from "./furniture.module.css";
import { readDay } from "./read-day.ts";

export const isRead = (day: Dayjs | null | undefined): boolean => day?.isValid() ?? true;

/** Takes what was typed once it is complete. */
const Take = createContext<(typed: string) => void>(() => undefined);

/** The picker sees no half-typed text: by itself it would turn 2026-13-01 into a day of the next year. */
const Typing = ({ value, onChange: _unread, onBlur, onKeyDown, ...others }: ComponentProps<"input">) => {
  const take = use(Take);
  const [typed, setTyped] = useState<{ readonly over: typeof value; readonly text: string }>();
  // A day that was picked meanwhile stands instead of what was typed before.
  const text = typed?.over === value ? typed?.text : undefined;
  const finish = (): void => {
    if (text === undefined) return;
    setTyped(undefined);
    if (text !== value) take(text);
  };
  return (
    <input
      {...others}
      value={text ?? value}
      onChange={(event) => setTyped({ over: value, text: event.target.value })}
      onBlur={(event) => {
        finish();
        onBlur?.(event);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && text !== undefined) {
          event.preventDefault();
          finish();
        } else onKeyDown?.(event);
      }}
    />
  );
};
const COMPONENTS = { input: Typing };

type Props = Pick<
  ComponentProps<typeof DatePicker>,
  "id" | "allowClear" | "placeholder" | "defaultPickerValue" | "aria-label"
> & {
  readonly value?: Dayjs | null;
  readonly onChange?: (day: Dayjs | null) => void;
};

export const DayField = ({ value = null, onChange, ...others }: Props) => {
  const shown = value?.isValid() === true ? value : null;
  const t = common.useWords();
  const [isOpen, setOpen] = useState(false);
  const [unread, setUnread] = useState<string>();
  const take = (typed: string): void => {
    const day = readDay(typed);
    setOpen(false);
    setUnread(day === null && typed.trim() !== "" ? typed : undefined);
    if (day !== null) onChange?.(dayjs(day));
    else onChange?.(others.allowClear === false || typed.trim() === "" ? null : dayjs(null));
  };
  return (
    <Take value={take}>
      <DatePicker
        {...others}
        components={COMPONENTS}
        value={shown}
        open={isOpen}
        onOpenChange={setOpen}
        {...(unread === undefined ? {} : { status: "error" as const })}
        onChange={(day) => {
          setUnread(undefined);
          onChange?.(day);
        }}
      />
      {unread === undefined || shown !== null ? null : (
        <span role="alert" className={styles["unreadDay"]}>
          {t("noDay", { typed: unread })}
        </span>
      )}
    </Take>
  );
};
