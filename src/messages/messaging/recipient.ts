/** Whom a message goes to or comes from, as one text: `tel:+8613...`, `mailto:a@b`, `person:12`. Pure. */
import { fail } from "#src/kernel/errors.ts";
import { maskPhone, parsePhone, type PhoneNumber } from "#src/kernel/phone.ts";

export type Recipient = string;

const LONGEST_ADDRESS = 254;
/** No quoting, no comments, no spaces: what people's mailboxes look like, also with letters beyond ASCII. */
const PLAIN_ADDRESS = /^[^\s@<>()[\],;:\\"\p{Cc}\p{Cf}]{1,64}@[^\s@<>()[\],;:\\"\p{Cc}\p{Cf}]{1,190}$/u;

/** A mail address folded for comparison: lower case; null when it is none. */
export const foldMailAddress = (text: string): string | null => {
  const folded = text.trim().normalize("NFC").toLowerCase();
  return folded.length <= LONGEST_ADDRESS && PLAIN_ADDRESS.test(folded) ? folded : null;
};

/** @throws DomainError `phone.unreadable` */
export const telRecipient = (number: string): Recipient => `tel:${parsePhone(number).number}`;

/** @throws DomainError `message.address-unreadable` */
export const mailRecipient = (address: string): Recipient => {
  const folded = foldMailAddress(address);
  if (folded === null) fail("message.address-unreadable", "this is not a mail address", { field: "email" });
  return `mailto:${folded}`;
};

export const personRecipient = (personId: bigint): Recipient => `person:${personId}`;

/** The number of a `tel:` recipient, else null. */
export const numberOf = (recipient: Recipient): PhoneNumber | null =>
  recipient.startsWith("tel:") ? (recipient.slice(4) as PhoneNumber) : null;

/** The address of a `mailto:` recipient, else null. */
export const addressOf = (recipient: Recipient): string | null =>
  recipient.startsWith("mailto:") ? recipient.slice(7) : null;

/** `138****8000`, `z***@example.com`, `person 12`, `****` when it is forgotten, or '' for nobody. */
export const maskRecipient = (recipient: Recipient): string => {
  const number = numberOf(recipient);
  if (number !== null) return maskPhone(number);
  const address = addressOf(recipient);
  if (address !== null) return `${[...address][0] ?? ""}***${address.slice(address.lastIndexOf("@"))}`;
  if (recipient.startsWith("forgotten:")) return "****";
  return recipient.replace("person:", "person ");
};
