import { expect, test } from "vitest";
import { checkFile, cleanFileName } from "./stored-files.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const GB_TEXT = Buffer.from([0xb2, 0xe2, 0xce, 0xc2, 0x0d, 0x0a]);

test.each([
  ["a photo under its own name", PNG, "漏点.png", "image/png", "漏点.png", "image/png"],
  ["a photo whose sender does not know", PNG, "IMG_1", "application/octet-stream", "IMG_1.png", "image/png"],
  ["a photo with a wrong ending", PNG, "a.exe", undefined, "a.png", "image/png"],
  ["text in GB18030", GB_TEXT, "测温.csv", "text/csv", "测温.txt", "text/plain"],
])("%s is taken", async (_why, bytes, fileName, mediaType, name, type) => {
  await expect(checkFile({ bytes, fileName, mediaType })).resolves.toEqual({
    fileName: name,
    mediaType: type,
  });
});

test.each([
  ["nothing", Buffer.alloc(0), "a.png", undefined, "file.empty"],
  ["a picture called PDF", PNG, "a.pdf", "application/pdf", "file.type-differs"],
  ["a program", Buffer.from("MZ\0\0\0\0\0\0"), "a.jpg", "image/jpeg", "file.type-refused"],
  [
    "a drawing that can run",
    Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
    "a.svg",
    "image/svg+xml",
    "file.type-refused",
  ],
  ["noise", Buffer.from([0, 1, 2, 3, 255, 254, 0, 9]), "a.txt", "text/plain", "file.type-refused"],
])("%s is refused", async (_why, bytes, fileName, mediaType, code) => {
  await expect(checkFile({ bytes, fileName, mediaType })).rejects.toMatchObject({ code });
});

test.each([
  ["../../etc/passwd", "passwd.pdf"],
  ["C:\\Users\\老王\\合同.PDF", "合同.pdf"],
  ["a\u202Egpj.exe", "agpj.pdf"],
  ["\u0000\n", "file.pdf"],
  [".htaccess", "file.pdf"],
  ['a"; filename=x.html', "a__ filename=x.pdf"],
])("%j is stored as %j", (given, expected) => {
  expect(cleanFileName(given, "pdf")).toBe(expected);
});
