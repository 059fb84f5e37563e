/** From a mail's bytes to a message: what is read, what is put away and why, and how a person has it read again. */
import iconv from "iconv-lite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  forgetMessageBytes,
  messagingRoutes,
  openMailParser,
  readStoredMail,
  storeMail,
} from "#src/messages/messaging/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { letter } from "#tests/support/letters.ts";
import { platformOf } from "#tests/support/people.ts";

let db: TestDatabase;
let mailboxId: bigint;
const parser = openMailParser();
beforeAll(async () => {
  db = await createTestDatabase("2026-11-15T09:00:00+08:00");
  ({ id: mailboxId } = await db.owner.sql.one<{ id: bigint }>(
    "insert into mailboxes (name, uid_validity) values ('imap://test', 7) returning id",
  ));
});
afterAll(async () => {
  await parser.close();
  await db.drop();
});

let uid = 0n;
beforeEach(async () => {
  await db.owner.sql.run("truncate received_messages cascade");
});
const store = async (raw: Uint8Array, at = (uid += 1n)) =>
  storeMail(platformOf(db), { mailboxId, uidValidity: 7n, uid: at, raw, size: raw.byteLength });
const own = { parser, ownAddresses: ["kefu@heat.example.com"] };
const read = async (raw: Uint8Array) => {
  const { messageId } = await store(raw);
  const outcome = await readStoredMail(platformOf(db), messageId, own);
  const row = await db.database.sql.one<Record<string, unknown>>(
    `select state, reason, sender, recipient, subject, body, reading_notes as notes, automatic,
       may_answer as "mayAnswer", internet_message_id as "internetId", mentioned_ids as mentioned, tries
     from received_messages where id = :messageId`,
    { messageId },
  );
  return { messageId, outcome, ...row } as typeof row & { messageId: bigint; outcome: string };
};
const attachmentsOf = (messageId: bigint) =>
  db.database.sql.rows<Record<string, unknown>>(
    `select file_name as name, found_type as found, verdict, reason, file_id is not null as stored
     from received_attachments where message_id = :messageId order by ordinal`,
    { messageId },
  );
const events = async (): Promise<string[]> =>
  (
    await db.database.sql.rows<{ subject: string }>(
      "select subject from outbox_events where type = 'message.received' order by id",
    )
  ).map((row) => row.subject);

describe("storing", () => {
  test("a mail that is fetched again is the same message; the cursor stands behind it", async () => {
    const raw = letter();
    const first = await store(raw, 900n);
    expect(await store(raw, 900n)).toEqual({ messageId: first.messageId, isNew: false });
    const { uid: last } = await db.database.sql.one<{ uid: bigint }>(
      "select last_uid as uid from mailboxes where id = :mailboxId",
      { mailboxId },
    );
    expect(last).toBe(900n);
  });

  test("read twice at once, it is announced once", async () => {
    const { messageId } = await store(letter());
    const outcomes = await Promise.all([1, 2, 3].map(() => readStoredMail(platformOf(db), messageId, own)));
    expect(outcomes.filter((one) => one === "read")).toHaveLength(1);
    expect((await events()).filter((subject) => subject === `message:${messageId}`)).toHaveLength(1);
  });
});

describe("reading", () => {
  test("sender, subject, text and threads are kept; nothing of them is in event or audit", async () => {
    const mail = await read(
      letter({
        from: '"李四" <Li.Si@Example.com>',
        id: "x@y",
        headers: ["In-Reply-To: <b@y>", "References: <a@y> <b@y>"],
      }),
    );
    expect(mail).toMatchObject({
      outcome: "read",
      state: "read",
      sender: "mailto:li.si@example.com",
      recipient: "mailto:kefu@heat.example.com",
      subject: "家里不热",
      body: "三楼的暖气片不热，请派人来看。",
      internetId: "x@y",
      mentioned: ["b@y", "a@y"],
      automatic: "",
      mayAnswer: true,
    });
    const told = await db.database.sql.rows(
      "select details::text from audit_events union all select payload::text from outbox_events",
    );
    expect(JSON.stringify(told)).not.toMatch(/li\.si|暖气片/i);
  });

  const plain = (charset: string, encoding: string, bytes: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(
        `From: a@b.cn\r\nSubject: x\r\nContent-Type: text/plain${charset === "" ? "" : `; charset=${charset}`}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`,
      ),
      encoding === "base64" ? Buffer.from(bytes.toString("base64")) : bytes,
    ]);
  const rare = "镕𠮷家不热";
  test.each<[string, Buffer, string]>([
    ["GB2312 that holds GB18030", plain("gb2312", "base64", iconv.encode(rare, "gb18030")), ""],
    ["GBK in eight bits", plain("GBK", "8bit", iconv.encode(rare, "gb18030")), ""],
    ["no charset, GB18030", plain("", "8bit", iconv.encode(rare, "gb18030")), "charset-guessed"],
    [
      "UTF-8 declared, GB18030 sent",
      plain("utf-8", "8bit", iconv.encode(rare, "gb18030")),
      "charset-guessed",
    ],
    ["the same in base64", plain("utf-8", "base64", iconv.encode(rare, "gb18030")), "charset-guessed"],
    ["UTF-8", plain("utf-8", "base64", Buffer.from(rare)), ""],
    ["no charset, UTF-8", plain("", "8bit", Buffer.from(rare)), ""],
  ])("charset: %s", async (_, raw, notes) => {
    expect(await read(raw)).toMatchObject({ body: rare, notes });
  });

  test("HTML becomes text, without scripts and styles", async () => {
    const mail = await read(
      Buffer.from(
        "From: a@b.cn\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" +
          "<style>p{color:red}</style><script>alert(1)</script><p>家里<b>不热</b></p><p onclick=x>第二段</p>",
      ),
    );
    expect(mail["body"]).toBe("家里不热\n\n第二段");
  });

  test("a machine's mail is kept and marked", async () => {
    expect(await read(letter({ headers: ["Auto-Submitted: auto-replied"] }))).toMatchObject({
      state: "read",
      automatic: "auto-submitted",
      mayAnswer: false,
    });
    expect(await read(letter({ from: "kefu@heat.example.com" }))).toMatchObject({ automatic: "own" });
  });

  test("attachments are what their bytes are; what no case takes is named and not stored", async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
      "base64",
    );
    const part = (name: string, type: string, bytes: Buffer): string =>
      `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString("base64")}\r\n`;
    const { messageId } = await read(
      Buffer.from(
        `From: a@b.cn\r\nSubject: photo\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n${part(
          "radiator.jpg",
          "image/jpeg",
          png,
        )}${part("invoice.pdf", "application/pdf", Buffer.from("MZ\u0090\u0000\u0003", "latin1"))}${part(
          "../../etc/passwd.txt",
          "text/plain",
          Buffer.from("hello"),
        )}--b--`,
      ),
    );
    const rows = await attachmentsOf(messageId);
    expect(rows[0]).toMatchObject({
      name: "radiator.jpg",
      found: "image/png",
      verdict: "kept",
      stored: true,
    });
    expect(rows[1]).toMatchObject({
      name: "invoice.pdf",
      verdict: "refused",
      reason: "file.type-refused",
      stored: false,
    });
    expect(rows[2]).toMatchObject({ verdict: "kept", stored: true });
  });
});

describe("quarantine", () => {
  const call = async (path: string, id: bigint, actor = db.actor) => {
    const route = messagingRoutes.find((one) => one.path === path);
    if (route === undefined) throw new Error(path);
    return (
      await route.handle({
        platform: platformOf(db),
        actor,
        params: path.includes("{") ? { id } : {},
        query: { limit: 50 },
        body: undefined,
        requestId: "r",
        idempotency: undefined,
        ifMatch: undefined,
        headers: {},
        remoteAddress: "",
        credential: undefined,
      })
    ).body as Record<string, unknown>;
  };

  test("what is no mail waits with its reason, is listed and shown, and may be read again", async () => {
    const { messageId, outcome } = await read(Buffer.from([0, 1, 2, 3, 255]));
    expect(outcome).toBe("quarantined");
    const { items } = (await call("/quarantined-messages", 0n)) as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([{ id: String(messageId), reason: "mail.unreadable", tries: 1 }]);
    expect(await call("/quarantined-messages/{id}", messageId)).toMatchObject({ head: "ÿ", bytes: 5 });
    expect(await call("/quarantined-messages/{id}/replay", messageId)).toEqual({
      id: String(messageId),
      outcome: "quarantined",
    });
    expect(await events()).not.toContain(`message:${messageId}`);
  });

  test("whoever is bound to an area sees none of it", async () => {
    const { messageId } = await read(Buffer.from([0, 1]));
    const bound = { ...db.actor, scope: { kind: "areas", areaIds: [1n] } } as const;
    expect(await call("/quarantined-messages", 0n, bound)).toMatchObject({ items: [] });
    await expect(call("/quarantined-messages/{id}", messageId, bound)).rejects.toMatchObject({
      code: "message.not-quarantined",
    });
    await expect(call("/quarantined-messages/{id}/replay", messageId, bound)).rejects.toMatchObject({
      code: "message.not-quarantined",
    });
  });

  test("a mail that kills its reader three times is put away before the fourth", async () => {
    const { messageId } = await store(letter());
    const dying = { ...own, parser: { parse: () => Promise.reject(new Error("killed")) } };
    for (let times = 0; times < 3; times += 1)
      await expect(readStoredMail(platformOf(db), messageId, dying)).rejects.toThrow("killed");
    expect(await readStoredMail(platformOf(db), messageId, dying)).toBe("quarantined");
    const row = await db.database.sql.one("select reason from received_messages where id = :messageId", {
      messageId,
    });
    expect(row).toEqual({ reason: "mail.kills-reader" });
    expect(await call("/quarantined-messages/{id}/replay", messageId)).toMatchObject({ outcome: "read" });
  });

  test("the twenty-first mail of a sender within an hour waits; a person lets it through", async () => {
    for (let n = 0; n < 20; n += 1)
      expect((await read(letter({ from: "fast@example.com", text: `${n}` }))).outcome).toBe("read");
    const late = await read(letter({ from: "fast@example.com", text: "21" }));
    expect(late).toMatchObject({ state: "quarantined", reason: "mail.sender-rate" });
    expect((await read(letter({ from: "other@example.com" }))).outcome).toBe("read");
    expect(await call("/quarantined-messages/{id}/replay", late.messageId)).toMatchObject({
      outcome: "read",
    });
  });

  test("only the beginning of a large mail is taken; a person may have it read", async () => {
    const raw = letter({ subject: "很大", text: "x".repeat(1000) });
    const { messageId } = await storeMail(platformOf(db), {
      mailboxId,
      uidValidity: 7n,
      uid: (uid += 1n),
      raw: raw.subarray(0, 600),
      size: raw.byteLength,
    });
    expect(await readStoredMail(platformOf(db), messageId, own)).toBe("not-stored");
    expect(await call("/quarantined-messages/{id}/replay", messageId)).toMatchObject({ outcome: "read" });
    const row = await db.database.sql.one("select subject, reading_notes as notes from received_messages");
    expect(row).toEqual({ subject: "很大", notes: "only the beginning" });
  });
});

describe("keeping for a while", () => {
  test("the bytes go after their time, the text stays; what waits to be read keeps them", async () => {
    const { messageId } = await read(letter());
    await store(letter({ subject: "waits" }));
    const later = new Date(db.clock.now().getTime() + 241 * 86_400_000);
    expect((await forgetMessageBytes(db.database, db.clock.now())).rawMessages).toBe(0);
    expect((await forgetMessageBytes(db.database, later)).rawMessages).toBe(1);
    const row = await db.database.sql.one(
      "select raw is null as gone, subject from received_messages where id = :messageId",
      { messageId },
    );
    expect(row).toEqual({ gone: true, subject: "家里不热" });
  });
});
