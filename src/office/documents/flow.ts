/** A cursor that walks down the paper and collects what is to be drawn; it opens a new page when one is full. */
import { measureText, type Weight } from "./faces.ts";
import { fitLines } from "./line-fitting.ts";
import type { Ink, PaperStyle } from "./paper-styles.ts";
import type { Align } from "./sheet.ts";

export type TextMark = {
  readonly kind: "text";
  readonly text: string;
  readonly x: number;
  readonly baseline: number;
  readonly size: number;
  readonly weight: Weight;
  readonly ink: Ink;
};
export type LineMark = {
  readonly kind: "line";
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly thickness: number;
  readonly ink: Ink;
};
export type BoxMark = {
  readonly kind: "box";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly stroke: Ink | null;
  readonly fill: Ink | null;
};
export type PageMark = TextMark | LineMark | BoxMark;
export type DrawnPage = { readonly marks: readonly PageMark[]; readonly height: number };

export type TextStyle = {
  readonly size: number;
  readonly weight?: Weight;
  readonly ink?: Ink;
  readonly align?: Align;
};

const LINE_HEIGHT = 1.45;
/** The ideographic box reaches 0.88 em above the baseline; it stands in the middle of its line. */
const BASELINE = (LINE_HEIGHT - 1) / 2 + 0.88;

export const lineHeightOf = (size: number): number => size * LINE_HEIGHT;

export class Flow {
  readonly style: PaperStyle;
  readonly left: number;
  readonly right: number;
  y: number;
  readonly #pages: PageMark[][] = [[]];
  readonly #reserve: number;

  /** `reserve` points at the bottom of every page stay free (foot, page number). */
  constructor(style: PaperStyle, reserve: number) {
    this.style = style;
    this.left = style.margin;
    this.right = style.width - style.margin;
    this.y = style.margin;
    this.#reserve = reserve;
  }

  get width(): number {
    return this.right - this.left;
  }

  get pageCount(): number {
    return this.#pages.length;
  }

  put(mark: PageMark): void {
    this.#pages.at(-1)?.push(mark);
  }

  /** Makes room for `height` points, on a new page if it must be. Says whether a page was opened. */
  ensure(height: number): boolean {
    if (this.style.height === null) return false;
    if (this.y + height <= this.style.height - this.style.margin - this.#reserve) return false;
    this.#pages.push([]);
    this.y = this.style.margin;
    return true;
  }

  heightOf(text: string, width: number, style: TextStyle): number {
    if (text === "") return 0;
    return fitLines(text, width, style.size, style.weight ?? "regular").length * lineHeightOf(style.size);
  }

  /** Sets a text with its first line's top at `top`, without moving the cursor. Returns the height it took. */
  text(text: string, x: number, top: number, width: number, style: TextStyle): number {
    if (text === "") return 0;
    const weight = style.weight ?? "regular";
    const lines = fitLines(text, width, style.size, weight);
    for (const [index, line] of lines.entries()) {
      const free =
        style.align === "right" || style.align === "center"
          ? width - measureText(line, style.size, weight)
          : 0;
      this.put({
        kind: "text",
        text: line,
        x: x + (style.align === "center" ? free / 2 : free),
        baseline: top + index * lineHeightOf(style.size) + style.size * BASELINE,
        size: style.size,
        weight,
        ink: style.ink ?? "ink",
      });
    }
    return lines.length * lineHeightOf(style.size);
  }

  /** A level line at the cursor. */
  rule(thickness: number, ink: Ink): void {
    this.put({ kind: "line", from: [this.left, this.y], to: [this.right, this.y], thickness, ink });
  }

  pages(): DrawnPage[] {
    return this.#pages.map((marks) => ({
      marks,
      height: this.style.height ?? this.y + this.style.margin,
    }));
  }
}
