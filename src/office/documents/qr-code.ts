/** QR codes (二维码) as rows of dark runs, so that page and PDF draw the same squares. */
import QRCode from "qrcode";

/** Dark modules in a row of the code: `length` of them from column `x` of row `y`. */
export type DarkRun = { readonly x: number; readonly y: number; readonly length: number };
export type QrCode = { readonly size: number; readonly runs: readonly DarkRun[] };

/** Level M bears the crease of a folded paper; the quiet zone of four modules is the layout's. */
export const qrCodeOf = (text: string): QrCode => {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const { size } = modules;
  const runs: DarkRun[] = [];
  for (let y = 0; y < size; y += 1) {
    let from = -1;
    for (let x = 0; x <= size; x += 1) {
      const isDark = x < size && modules.get(y, x) !== 0;
      if (isDark && from < 0) from = x;
      if (!isDark && from >= 0) {
        runs.push({ x: from, y, length: x - from });
        from = -1;
      }
    }
  }
  return { size, runs };
};

/** The path of an SVG whose view box is `size` units wide. */
export const svgPathOf = ({ runs }: QrCode): string =>
  runs.map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`).join("");
