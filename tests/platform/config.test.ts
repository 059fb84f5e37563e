import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DomainError } from "#src/kernel/errors.ts";
import { loadConfig, settingsTable } from "#src/platform/config.ts";
import { dataFolder } from "./processes.ts";

const key = "k".repeat(32);

const refusalOf = (env: Record<string, string>): DomainError => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("it was not refused");
};

describe("settings", () => {
  test("have defaults, and an empty value is none", () => {
    const config = loadConfig({ SECRET_KEY: key, PORT: "", DATABASE_URL: "" });
    expect(config).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      publicUrl: "http://localhost:3000",
      databaseUrl: undefined,
      redisUrl: undefined,
      demo: true,
    });
    expect(path.isAbsolute(config.dataDir)).toBe(true);
    expect(config.auditAnchorFile).toBe(path.join(config.dataDir, "anchors.log"));
    expect(Object.isFrozen(config)).toBe(true);
  });

  test("take addresses, networks and known names as proxies, and nothing that would end the API", () => {
    const good = "10.0.0.0/8,loopback, ::1, fd00::/8,192.168.1.1";
    expect(loadConfig({ SECRET_KEY: key, TRUSTED_PROXIES: good }).trustedProxies).toHaveLength(5);
    for (const wrong of [
      "abc",
      "10.0.0.0/0",
      "10.0.0.0/33",
      "1.2.3",
      "::1/129",
      "fe80::1%eth0",
      "10.0.0.1,,",
    ]) {
      const { detail } = refusalOf({ SECRET_KEY: key, TRUSTED_PROXIES: wrong });
      expect([wrong, detail.field]).toEqual([wrong, "TRUSTED_PROXIES"]);
    }
  });

  test("of a map take one plain origin with all three places, and nothing that a policy would read as more", () => {
    const good = "https://tiles.example.com/wmts?layer=vec&z={z}&x={x}&y={y}&tk=KEY";
    expect(loadConfig({ SECRET_KEY: key }).mapTiles).toBeUndefined();
    expect(
      loadConfig({ SECRET_KEY: key, MAP_TILES_URL: good, MAP_TILES_CREDIT: "审图号 GS(2026)1号" }).mapTiles,
    ).toEqual({ url: good, origin: "https://tiles.example.com", credit: "审图号 GS(2026)1号" });
    expect(
      loadConfig({ SECRET_KEY: key, MAP_TILES_URL: "http://localhost:8080/{z}/{x}/{y}" }).mapTiles?.origin,
    ).toBe("http://localhost:8080");
    for (const wrong of [
      "https://tiles.example.com/{z}/{x}.png",
      "http://tiles.example.com/{z}/{x}/{y}.png",
      "https://*.example.com/{z}/{x}/{y}.png",
      "https://{z}.example.com/{x}/{y}/{z}.png",
      "https://a.example.com;script-src/{z}/{x}/{y}",
      "https://me:pass@tiles.example.com/{z}/{x}/{y}",
      "ftp://tiles.example.com/{z}/{x}/{y}",
      "/tiles/{z}/{x}/{y}",
    ]) {
      const { detail } = refusalOf({ SECRET_KEY: key, MAP_TILES_URL: wrong });
      expect([wrong, detail.field]).toEqual([wrong, "MAP_TILES_URL"]);
    }
  });

  test.each(["/dev/null", "/dev/null/d", "/proc/nuanyang"])("refuse the data folder %s at once", (folder) => {
    expect(refusalOf({ DATA_DIR: folder })).toMatchObject({
      code: "database.no-folder",
      detail: { field: "DATA_DIR" },
    });
  });

  test("are all named when wrong, secrets without what was found", () => {
    const refusal = refusalOf({
      PORT: "70000",
      LOG_LEVEL: "loud",
      SECRET_KEY: "too-short-to-be-a-key",
      DATABASE_URL: "mysql://teller:hidden@bank/db",
      DATABASE_POOL_SIZE: "1e3",
    });
    expect(refusal.code).toBe("config.invalid");
    for (const name of ["PORT", "LOG_LEVEL", "SECRET_KEY", "DATABASE_URL", "DATABASE_POOL_SIZE"]) {
      expect(refusal.message).toContain(name);
    }
    expect(refusal.message).toContain('"70000"');
    const everything = JSON.stringify([refusal.message, refusal.detail]);
    expect(everything).not.toContain("too-short");
    expect(everything).not.toContain("hidden");
  });

  test("of ours that nobody knows are refused with the nearest name", () => {
    expect(refusalOf({ SECRET_KEY: key, NUAN_DEMOS: "off" }).message).toContain("nearest is NUAN_DEMO");
    expect(refusalOf({ SECRET_KEY: key, NUAN_DATADIR: "x" }).message).toContain("nearest is DATA_DIR");
  });

  test("refuse a public address without https, except for this machine", () => {
    expect(refusalOf({ SECRET_KEY: key, PUBLIC_URL: "http://heat.example.com" }).message).toContain("https");
    expect(loadConfig({ SECRET_KEY: key, PUBLIC_URL: "http://localhost:8080/" }).publicUrl).toBe(
      "http://localhost:8080",
    );
    expect(loadConfig({ SECRET_KEY: key, PUBLIC_URL: "https://heat.example.com" }).publicUrl).toBe(
      "https://heat.example.com",
    );
  });

  test("refuse to be reached from other machines without an address that has https", () => {
    for (const HOST of ["0.0.0.0", "::", "10.1.2.3", "heat.example.com"]) {
      const refusal = refusalOf({ SECRET_KEY: key, HOST });
      expect([refusal.code, refusal.detail.field]).toEqual(["config.invalid", "PUBLIC_URL"]);
      expect(refusalOf({ SECRET_KEY: key, HOST, PUBLIC_URL: "http://localhost:3000" }).message).toContain(
        "https",
      );
      expect(loadConfig({ SECRET_KEY: key, HOST, PUBLIC_URL: "https://heat.example.com" }).host).toBe(HOST);
    }
    for (const HOST of ["127.0.0.1", "127.0.1.1", "::1", "localhost"]) {
      expect(loadConfig({ SECRET_KEY: key, HOST }).host).toBe(HOST);
    }
  });

  test("take a sender's new secret beside the old one, and no third", () => {
    const [one, two] = ["n".repeat(32), "o".repeat(32)];
    const secrets = (text: string) => loadConfig({ SECRET_KEY: key, CTI_SECRET: text }).webhookSecrets.cti;
    expect(secrets(one)).toEqual([one]);
    expect(secrets(`${one}, ${two}`)).toEqual([one, two]);
    for (const wrong of [`${one},short`, `${one},`, `${one},${two},${one}`]) {
      const refusal = refusalOf({ SECRET_KEY: key, CTI_SECRET: wrong });
      expect(refusal.message).toContain("CTI_SECRET");
      expect(JSON.stringify([refusal.message, refusal.detail])).not.toContain(one);
    }
  });

  test("need a key beside DATABASE_URL, and say so", () => {
    const refusal = refusalOf({ DATABASE_URL: "postgres://owner@db/nuanyang" });
    expect(refusal.detail.field).toBe("SECRET_KEY");
  });

  test("keep a generated key for its user alone, and give the same again", () => {
    const folder = path.join(dataFolder(), "new");
    const first = loadConfig({ DATA_DIR: folder }).secretKey;
    expect(first.length).toBeGreaterThanOrEqual(32);
    expect(loadConfig({ DATA_DIR: folder }).secretKey).toBe(first);
    expect(statSync(path.join(folder, "secret")).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(folder, "secret"), "utf8").trim()).toBe(first);
  });

  test("refuse a damaged key file instead of making a second key", () => {
    const folder = dataFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "secret"), "half");
    expect(refusalOf({ DATA_DIR: folder }).message).toContain("damaged");
  });

  test("are listed with a meaning in both languages", () => {
    const table = settingsTable();
    expect(table.map((row) => row.name)).toContain("DATA_DIR");
    for (const row of table) {
      expect(row.zh).toMatch(/\p{Script=Han}/u);
      expect(row.en).toMatch(/[a-z]/);
    }
    expect(table.filter((row) => row.secret).map((row) => row.name)).toEqual([
      "DATABASE_URL",
      "REDIS_URL",
      "SECRET_KEY",
      "METRICS_TOKEN",
      "TWILIO_AUTH_TOKEN",
      "TERMINAL_TOKEN",
      "CTI_SECRET",
      "DISPATCH_SECRET",
      "SMS_GATEWAY_SECRET",
      "WALLET_SECRET",
      "SMTP_URL",
      "MAIL_IMAP_URL",
    ]);
  });
});
