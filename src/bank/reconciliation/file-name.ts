/**
 * What a bank's file is called, as whoever sent it called it: it tells two drafts of one channel apart, and is shown. Without what a path, a
 * header or a reader could be misled by.
 */

const LONGEST = 120;
/** Controls, and marks that turn or hide what follows them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const RISKY = /[<>:"'`|?*;%&$\\/]/gu;

/** Empty when nothing of it can stand. */
export const cleanFileName = (given: string): string => {
  const [name = ""] = given.split(/[\\/]/).slice(-1);
  const plain = name
    .normalize("NFC")
    .replace(UNSEEN, "")
    .replace(RISKY, "_")
    .replace(/\s+/gu, " ")
    .replace(/^[\s.]+/u, "")
    .trim();
  const letters = Array.from(plain);
  if (letters.length <= LONGEST) return plain;
  // The ending says what sort of file it is.
  const ending = /\.[a-z0-9]{1,5}$/i.exec(plain)?.[0] ?? "";
  return `${letters.slice(0, LONGEST - ending.length).join("")}${ending}`;
};

/**
 * Of the header `X-File-Name`, percent-encoded: an address stands in the logs of proxies, and a name may name people. Empty when there is none
 * or it cannot be read.
 */
export const fileNameIn = (header: string | undefined): string => {
  if (header === undefined) return "";
  try {
    return cleanFileName(decodeURIComponent(header));
  } catch {
    // Not swallowed: a name that cannot be read is none, and the one in the address is taken.
    return "";
  }
};
