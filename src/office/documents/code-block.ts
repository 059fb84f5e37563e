/** The block of a QR code. */
import { qrCodeOf, svgPathOf } from "./qr-code.ts";
import type { CodeBlock } from "./sheet.ts";

/** Modules of white around a code, without which a camera does not find it. */
const QUIET = 4;

export const codeBlock = (content: string, caption: string): CodeBlock => {
  const code = qrCodeOf(content);
  const side = code.size + QUIET * 2;
  return {
    kind: "code",
    caption,
    content,
    size: code.size,
    runs: code.runs,
    path: svgPathOf(code),
    viewBox: `-${QUIET} -${QUIET} ${side} ${side}`,
  };
};
