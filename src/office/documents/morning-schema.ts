/** What the page of the morning says: the heads of the five sheets, in words already. */
import { z } from "zod";
import { companyField, dayField, text, wallTimeField } from "./schema-parts.ts";

export const morningPageSchema = z.strictObject({
  kind: z.literal("morning-page"),
  paper: z.enum(["a4"]),
  company: companyField,
  day: dayField,
  frozenAt: wallTimeField,
  sheets: z
    .array(
      z.strictObject({
        title: text,
        /** What does not fit together on it. */
        findings: z.array(text),
        figures: z.array(z.strictObject({ label: text, value: text })),
      }),
    )
    .min(1),
  printedAt: wallTimeField,
});
export type MorningPageDocument = z.infer<typeof morningPageSchema>;
