/** A setting carries its default and its meaning in both languages, for the README and `nuan doctor`. */
import type { z } from "zod";

export type SettingDescription = {
  readonly default: string;
  readonly zh: string;
  readonly en: string;
  /** The value is never printed. */
  readonly secret?: true;
};

export const described = <Schema extends z.ZodType>(
  schema: Schema,
  description: SettingDescription,
): Schema => schema.meta(description);
