/** Breaks a text into lines that fit a width: after Unicode's rule (UAX 14), and inside a word only when it must. */
import LineBreaker from "linebreak";
import { measureText, type Weight } from "./faces.ts";

const breakablePieces = (text: string): string[] => {
  const breaker = new LineBreaker(text);
  const pieces: string[] = [];
  let start = 0;
  for (let next = breaker.nextBreak(); next !== null; next = breaker.nextBreak()) {
    pieces.push(text.slice(start, next.position));
    start = next.position;
  }
  return pieces;
};

/**
 * The lines of a printable text, none wider than `width` points (a single character wider than that stands alone).
 * Joined, the lines are the text again, but for spaces at line ends.
 */
export const fitLines = (text: string, width: number, size: number, weight: Weight): string[] => {
  if (measureText(text, size, weight) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  const fits = (candidate: string): boolean => measureText(candidate.trimEnd(), size, weight) <= width;
  const put = (piece: string): void => {
    if (line !== "" && !fits(line + piece)) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
  };
  for (const piece of breakablePieces(text)) {
    if (fits(piece)) put(piece);
    else for (const character of piece) put(character);
  }
  if (line.trimEnd() !== "") lines.push(line.trimEnd());
  return lines;
};
