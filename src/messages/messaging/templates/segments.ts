/**
 * How many text messages a text is (短信计费条数). With its signature 【】 a text is never plain ASCII, so the carriers count UTF-16
 * units: up to 70 are one message, beyond that each part holds 67 (a head names the parts). A character above U+FFFF (𠮷) is
 * two units and is not torn between two parts. Pure.
 */

export const ONE_MESSAGE_UNITS = 70;
export const PART_UNITS = 67;

export type Segments = {
  /** UTF-16 units with the signature. */
  readonly units: number;
  /** What is charged. */
  readonly segments: number;
};

/** The text as it arrives: the signature stands before it, in brackets that no text of ours may hold. */
export const signed = (text: string, signature: string): string =>
  signature === "" ? text : `【${signature}】${text}`;

/** Units and charged parts of a text with its signature; values must be filled in. Whole numbers. */
export const segmentsOf = (text: string, signature: string): Segments => {
  const whole = signed(text, signature);
  const units = whole.length;
  if (units <= ONE_MESSAGE_UNITS) return { units, segments: 1 };
  let segments = 1;
  let used = 0;
  for (const character of whole) {
    if (used + character.length > PART_UNITS) {
      segments += 1;
      used = 0;
    }
    used += character.length;
  }
  return { units, segments };
};
