/** Whether a chosen file is a picture, by how it begins: its name and what the browser makes of it say nothing. */

/** Of ISO media files: photos of phones (heic, avif), and no films. */
const STILLS: ReadonlySet<string> = new Set(["heic", "heix", "heif", "mif1", "msf1", "avif", "heim", "heis"]);

export const beginsAsPicture = (head: Uint8Array): boolean => {
  const text = String.fromCodePoint(...head);
  if (text.startsWith("\u00ff\u00d8\u00ff") || text.startsWith("\u0089PNG") || text.startsWith("GIF8"))
    return true;
  if (text.startsWith("RIFF")) return text.slice(8, 12) === "WEBP";
  return text.slice(4, 8) === "ftyp" && STILLS.has(text.slice(8, 12));
};

export const isPicture = async (file: Blob): Promise<boolean> =>
  beginsAsPicture(new Uint8Array(await file.slice(0, 12).arrayBuffer()));
