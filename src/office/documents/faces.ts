/**
 * The typefaces (字体) of our paper. Noto Sans SC (from npm, TrueType outlines: pdfkit drops glyphs of OTF and TTC)
 * holds everything of GBK and the rare characters of the national list; Nuanyang Rare Han, a committed subset, holds
 * CJK Extensions B to F, so that every ideograph of GB 18030-2022 prints.
 *
 * A `Face` stands between fontkit and pdfkit for two reasons. One opened font serves all documents (opening costs more
 * than a receipt). And a glyph is known by its code point: several code points share an outline (U+2F00 and U+4E00),
 * fontkit remembers only the first that it met, and the text copied from the next paper would be a different text.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliDecompressSync, constants } from "node:zlib";
import type * as Fontkit from "fontkit";
import type { Font } from "fontkit";
import { assert, must } from "#src/kernel/errors.ts";

export type Weight = "regular" | "bold";

type SourceSubset = { readonly glyphs: number[]; encode(): Uint8Array };
type FaceGlyph = {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
};
type FacePosition = { xAdvance: number; yAdvance: number; xOffset: number; yOffset: number };

const require = createRequire(import.meta.url);

const openFont = (bytes: Buffer): Font => {
  // Read with the first paper, as the fonts are: with its tables of brotli and Unicode it weighs more than this room.
  const { create } = require("fontkit") as typeof Fontkit;
  const font = create(bytes);
  assert(font.type === "TTF", "a face is a single TrueType font");
  return font;
};

const openPackaged = (path: string): Font => openFont(readFileSync(require.resolve(path)));

const openCommitted = (name: string): Font => {
  const packed = readFileSync(new URL(`./fonts/${name}`, import.meta.url));
  // The window spans the whole file: neighbouring ideographs share strokes, which saves a tenth of its size.
  return openFont(
    brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } }),
  );
};

/** A font as pdfkit's embedder wants it (it takes anything that has `layout`): one glyph per code point, no shaping. */
export class Face {
  readonly font: Font;
  readonly #characters: ReadonlySet<number>;
  readonly #glyphs = new Map<number, FaceGlyph>();

  constructor(font: Font) {
    this.font = font;
    this.#characters = new Set(font.characterSet);
  }

  has(codePoint: number): boolean {
    return this.#characters.has(codePoint);
  }

  glyph(codePoint: number): FaceGlyph {
    const known = this.#glyphs.get(codePoint);
    if (known !== undefined) return known;
    const { advanceWidth } = this.font.glyphForCodePoint(codePoint);
    const made = { id: codePoint, advanceWidth, codePoints: [codePoint] };
    this.#glyphs.set(codePoint, made);
    return made;
  }

  layout(text: string): { glyphs: FaceGlyph[]; positions: FacePosition[]; advanceWidth: number } {
    const glyphs = Array.from(text, (character) => this.glyph(must(character.codePointAt(0), "code point")));
    return {
      glyphs,
      positions: glyphs.map((glyph) => ({
        xAdvance: glyph.advanceWidth,
        yAdvance: 0,
        xOffset: 0,
        yOffset: 0,
      })),
      advanceWidth: glyphs.reduce((sum, glyph) => sum + glyph.advanceWidth, 0),
    };
  }

  /** A fresh subset for one document: every code point gets a slot of its own, and with it its own ToUnicode entry. */
  createSubset(): { includeGlyph(codePoint: number): number; encode(): Uint8Array } {
    const source = this.font.createSubset() as unknown as SourceSubset;
    const slots = new Map<number, number>();
    return {
      includeGlyph: (codePoint) => {
        const known = slots.get(codePoint);
        if (known !== undefined) return known;
        const slot = source.glyphs.push(this.font.glyphForCodePoint(codePoint).id) - 1;
        slots.set(codePoint, slot);
        return slot;
      },
      encode: () => source.encode(),
    };
  }

  getGlyph(id: number): { advanceWidth: number } {
    return this.font.getGlyph(id);
  }

  get postscriptName(): string {
    return this.font.postscriptName;
  }
  get unitsPerEm(): number {
    return this.font.unitsPerEm;
  }
  get ascent(): number {
    return this.font.ascent;
  }
  get descent(): number {
    return this.font.descent;
  }
  get lineGap(): number {
    return this.font.lineGap;
  }
  get xHeight(): number {
    return this.font.xHeight;
  }
  get capHeight(): number {
    return this.font.capHeight;
  }
  get italicAngle(): number {
    return this.font.italicAngle;
  }
  get bbox(): Font["bbox"] {
    return this.font.bbox;
  }
  /** Read by pdfkit for the font's flags. */
  get post(): unknown {
    return (this.font as unknown as { post: unknown }).post;
  }
  get head(): unknown {
    return (this.font as unknown as { head: unknown }).head;
  }
  get "OS/2"(): Font["OS/2"] {
    return this.font["OS/2"];
  }
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
};

const openFaces = {
  regular: once(
    () => new Face(openPackaged("@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf")),
  ),
  bold: once(() => new Face(openPackaged("@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf"))),
  rare: once(() => new Face(openCommitted("nuanyang-rare-han.ttf.br"))),
};

/** The CJK Extensions B to F, the only ideographs for which it is worth opening the rare face (30 MB). */
const mayBeRareIdeograph = (codePoint: number): boolean => codePoint >= 0x20000 && codePoint <= 0x2ebff;

/** The face that has this character, or null when none has. Space is a glyph like any other. */
export const faceFor = (codePoint: number, weight: Weight): Face | null => {
  const main = openFaces[weight]();
  if (main.has(codePoint)) return main;
  if (!mayBeRareIdeograph(codePoint)) return null;
  const rare = openFaces.rare();
  return rare.has(codePoint) ? rare : null;
};

/** Width in points of a text whose every character has a face. */
export const measureText = (text: string, size: number, weight: Weight): number => {
  let width = 0;
  for (const character of text) {
    const codePoint = must(character.codePointAt(0), "code point");
    const face = must(faceFor(codePoint, weight), "face of a printable character");
    width += face.glyph(codePoint).advanceWidth / face.unitsPerEm;
  }
  return width * size;
};

export type FaceRun = { readonly face: Face; readonly text: string };

/** Splits a text where its face changes. */
export const faceRuns = (text: string, weight: Weight): FaceRun[] => {
  const runs: { face: Face; text: string }[] = [];
  for (const character of text) {
    const face = must(
      faceFor(must(character.codePointAt(0), "code point"), weight),
      "face of a printable character",
    );
    const last = runs.at(-1);
    if (last !== undefined && last.face === face) last.text += character;
    else runs.push({ face, text: character });
  }
  return runs;
};
