/** The words of the certificate of a bank day. */
import { z } from "zod";
import { bridgeParts, differenceClasses, differenceEnds } from "./certificate-schema.ts";

const word = z.string().min(1);

export const certificateWords = z.strictObject({
  title: word,
  channel: word,
  day: word,
  issuedBy: word,
  issuedAt: word,
  part: word,
  items: word,
  amount: word,
  ours: word,
  file: word,
  gap: word,
  parts: z.record(z.enum(bridgeParts), word),
  fileNo: word,
  lines: word,
  importedBy: word,
  digest: word,
  credits: word,
  creditedNothing: word,
  credited: word,
  differences: word,
  noDifference: word,
  class: word,
  bank: word,
  end: word,
  owner: word,
  classes: z.record(z.enum(differenceClasses), word),
  ends: z.record(z.enum(differenceEnds), word),
  sealHeading: word,
  seal: word,
  signature: word,
  checkedBy: word,
});
