/** Options of a command held to the schema that its HTTP twin has, so that both take and refuse the same. */
import { InvalidArgumentError } from "commander";
import type { z } from "zod";
import { day, type Day, isDay } from "#src/kernel/day.ts";
import { DomainError } from "#src/kernel/errors.ts";

export const dayArgument = (text: string): Day => {
  if (!isDay(text)) throw new InvalidArgumentError("give a day like 2026-11-10.");
  return day(text);
};

/** @throws DomainError `usage.wrong-option` naming the first option that does not fit */
export const readOptions = <S extends z.ZodType>(schema: S, options: unknown): z.output<S> => {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new DomainError("usage.wrong-option", issue?.message ?? "an option cannot be read", {
    field: issue?.path.join(".") ?? "",
  });
};
