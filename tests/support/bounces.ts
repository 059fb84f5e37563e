/** Bounces as mail servers write them (RFC 3464). */

export const OWN_KEY = "01234567-0123-4123-8123-0123456789ab";

export const mailBounce = (
  written: {
    readonly messageId?: string;
    readonly returned?: string;
    readonly action?: string;
    readonly status?: string;
    readonly to?: string;
  } = {},
): Buffer =>
  Buffer.from(
    [
      "Return-Path: <>",
      "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)",
      `To: ${written.to ?? "service@heat.example.com"}`,
      "Subject: Undelivered Mail Returned to Sender",
      "Auto-Submitted: auto-replied",
      "Date: Sun, 15 Nov 2026 08:00:00 +0800",
      "Message-ID: <20261115.1@mx.example.com>",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
      "",
      "--B",
      "Content-Type: text/plain; charset=us-ascii",
      "",
      "I am sorry to have to inform you that your message could not be delivered.",
      "",
      "--B",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.example.com",
      "",
      "Final-Recipient: rfc822; li@example.com",
      `Action: ${written.action ?? "failed"}`,
      `Status: ${written.status ?? "5.1.1"}`,
      "Diagnostic-Code: smtp; 550 no such box",
      "",
      "--B",
      `Content-Type: ${written.returned ?? "message/rfc822"}`,
      "",
      "From: service@heat.example.com",
      `Message-ID: ${written.messageId ?? `<nuan.${OWN_KEY}@heat.example.com>`}`,
      "Subject: =?UTF-8?B?5p2l5L+h?=",
      "",
      "--B--",
      "",
    ].join("\r\n"),
  );
