const FULL_WIDTH = /[！-～　]/;

/** Full-width digits, letters and punctuation as their ASCII twins; other characters unchanged. */
export const toHalfWidth = (text: string): string =>
  FULL_WIDTH.test(text)
    ? text.replace(/[！-～]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replace(/　/g, " ")
    : text;
