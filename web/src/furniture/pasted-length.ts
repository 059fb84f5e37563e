/** How long what is pasted is for a field, and how much the field takes; counted as `maxLength` counts. */

/** Blanks at the end that the field would have to cut are no words. A field of one line has no line ends. */
export const pastedLength = (text: string, hasLines: boolean): number =>
  (hasLines ? text.replaceAll(/\r\n?/g, "\n") : text.replaceAll(/[\r\n]/g, "")).trimEnd().length;

type Filled = {
  readonly value: string;
  readonly maxLength: number;
  readonly selectionStart: number | null;
  readonly selectionEnd: number | null;
};
/** What is selected is replaced. */
export const roomIn = ({ value, maxLength, selectionStart, selectionEnd }: Filled): number =>
  Math.max(0, maxLength - value.length + (selectionEnd ?? 0) - (selectionStart ?? 0));
