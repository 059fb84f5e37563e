/** What a letter of demand (催告函) says: every unpaid bill with what it is made of, so that nobody has to ask which days it is about. */
import { z } from "zod";
import { companyField, dayField, fenField, optionalText, text, wallTimeField } from "./schema-parts.ts";

export const demandLetterDocumentSchema = z.strictObject({
  kind: z.literal("demand-letter"),
  paper: z.enum(["a4"]),
  company: companyField,
  letterNo: text,
  /** What is unpaid is as of this day. */
  madeOn: dayField,
  accountNo: text,
  ownerName: text,
  address: text,
  bills: z
    .array(
      z.strictObject({
        billNo: text,
        seasonName: text,
        /** `居民 · 独立循环`, or an old debt. */
        description: text,
        /** Area, price, days and product, and what they rest on. */
        explanation: optionalText,
        /** First and last heating day that it is for, both inclusive. */
        heatFrom: dayField,
        heatThrough: dayField,
        issuedOn: dayField,
        /** Null where nothing says since when it is due. */
        dueOn: dayField.nullable(),
        amountFen: fenField,
        paidFen: fenField,
        openFen: fenField,
      }),
    )
    .min(1),
  totalFen: fenField,
  /** Days after delivery within which an answer or the money is asked for. */
  answerDays: z.int().min(1),
  howToPay: z.array(text).default([]),
  printedAt: wallTimeField,
  reprintCount: z.int().min(0),
});
export type DemandLetterDocument = z.infer<typeof demandLetterDocumentSchema>;
