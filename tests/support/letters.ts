/** Mails as people and machines write them, byte by byte. */
export type Letter = {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly id?: string;
  readonly text?: string;
  readonly headers?: readonly string[];
};

let letters = 0;

/** A plain mail in UTF-8. Without `id` each has a Message-ID of its own. */
export const letter = (written: Letter = {}): Buffer => {
  letters += 1;
  return Buffer.from(
    [
      `From: ${written.from ?? "li@example.com"}`,
      `To: ${written.to ?? "kefu@heat.example.com"}`,
      `Subject: ${written.subject ?? "家里不热"}`,
      `Message-ID: <${written.id ?? `letter-${letters}@example.com`}>`,
      "Date: Sun, 15 Nov 2026 08:00:00 +0800",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
      ...(written.headers ?? []),
      "",
      written.text ?? "三楼的暖气片不热，请派人来看。",
      "",
    ].join("\r\n"),
  );
};
