/** Sizes and inks of the PDF, one set per paper. All lengths are points (1/72 inch). */
import type { SheetFormat } from "./sheet.ts";

export type Ink = "ink" | "muted" | "accent" | "hairline" | "tint" | "alarm" | "alarmFaint";

export type PaperStyle = {
  readonly width: number;
  /** Null for a roll: as long as its text. */
  readonly height: number | null;
  readonly margin: number;
  readonly title: number;
  readonly heading: number;
  readonly body: number;
  readonly small: number;
  readonly strong: number;
  readonly rowPadding: number;
  readonly blockGap: number;
  readonly inks: Readonly<Record<Ink, string>>;
};

const colour: PaperStyle["inks"] = {
  ink: "#1d2730",
  muted: "#66717a",
  accent: "#a63d1f",
  hairline: "#d5cfc8",
  tint: "#f7f2ec",
  alarm: "#c0182b",
  alarmFaint: "#efb6bc",
};

/** Thermal paper and an ink ribbon know black and white. */
const blackOnly: PaperStyle["inks"] = {
  ink: "#000000",
  muted: "#000000",
  accent: "#000000",
  hairline: "#000000",
  tint: "#ffffff",
  alarm: "#000000",
  alarmFaint: "#b0b0b0",
};

export const paperStyles: Readonly<Record<SheetFormat, PaperStyle>> = {
  a4: {
    width: 595.28,
    height: 841.89,
    margin: 48,
    title: 20,
    heading: 12,
    body: 10,
    small: 8,
    strong: 13,
    rowPadding: 5,
    blockGap: 14,
    inks: colour,
  },
  "a4-dense": {
    width: 595.28,
    height: 841.89,
    margin: 34,
    title: 14,
    heading: 9.5,
    body: 8,
    small: 6.5,
    strong: 9.5,
    rowPadding: 2,
    blockGap: 6,
    inks: colour,
  },
  "a5-portrait": {
    width: 419.53,
    height: 595.28,
    margin: 30,
    title: 16,
    heading: 10.5,
    body: 9,
    small: 7.5,
    strong: 11.5,
    rowPadding: 3.5,
    blockGap: 9,
    inks: colour,
  },
  "a5-landscape": {
    width: 595.28,
    height: 419.53,
    margin: 30,
    title: 16,
    heading: 10.5,
    body: 9,
    small: 7.5,
    strong: 11.5,
    rowPadding: 3,
    blockGap: 7,
    inks: colour,
  },
  // 241 mm by half of 11 inches, between two perforated edges of 13 mm; needles draw no thin line and no small character.
  needle: {
    width: 683.15,
    height: 396.85,
    margin: 40,
    title: 15,
    heading: 11,
    body: 9.5,
    small: 8.5,
    strong: 11.5,
    rowPadding: 2,
    blockGap: 5,
    inks: blackOnly,
  },
  // 80 mm paper, of which thermal heads print 72 mm.
  "roll-80": {
    width: 226.77,
    height: null,
    margin: 11.34,
    title: 14,
    heading: 10.5,
    body: 8.5,
    small: 8,
    strong: 11,
    rowPadding: 2,
    blockGap: 6,
    inks: blackOnly,
  },
};
