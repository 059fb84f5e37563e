/** This phone: bound for the season with password and authenticator, and let go again. */
import { QRCode } from "antd";
import { type FormEvent, useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { rememberBound } from "#web/api/offline/bound-phone.ts";
import type { Item } from "#web/api/types.ts";
import { dateTime, dayOf } from "#web/furniture/format.ts";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { readSessionAgain, useSession } from "#web/api/session.ts";
import styles from "./area.module.css";
import { LineState } from "./line-state.tsx";
import { usePhone } from "./use-day.ts";
import { phone } from "./words-phone.ts";

type Device = Item<"/session/devices">;

const plainCode = (typed: string): string => typed.normalize("NFKC").replace(/\s/g, "");

/** Without an authenticator the phone cannot be bound: it is set up here, on the same phone or another one. */
const Enrol = () => {
  const t = phone.useWords();
  const begin = api.useMutation("post", "/session/totp");
  const confirm = api.useMutation("post", "/session/totp");
  const [code, setCode] = useState("");
  const uri = begin.data?.otpauthUri ?? null;
  const finish = (event: FormEvent): void => {
    event.preventDefault();
    confirm.mutate({ body: { code: plainCode(code) } }, { onSuccess: () => void readSessionAgain() });
  };
  if (uri === null) {
    return (
      <div className={styles["actions"]}>
        <button type="button" disabled={begin.isPending} onClick={() => begin.mutate({ body: {} })}>
          {t("beginCode")}
        </button>
        <Problem error={begin.error} />
      </div>
    );
  }
  return (
    <form className={styles["form"]} onSubmit={finish}>
      <p>{t("needsCode")}</p>
      <QRCode value={uri} type="svg" />
      <a href={uri}>{t("openApp")}</a>
      <label>
        {t("code")}
        <input
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          required
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <Problem error={confirm.error} />
      <button type="submit">{t("confirmCode")}</button>
    </form>
  );
};

const Bind = () => {
  const t = phone.useWords();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [name, setName] = useState(t("defaultName"));
  const send = api.useMutation("post", "/session/devices");
  const bind = (event: FormEvent): void => {
    event.preventDefault();
    const totp = plainCode(code);
    send.mutate(
      { body: { password, name, ...(totp === "" ? {} : { totp }) } },
      {
        onSuccess: () => {
          void rememberBound().then(() => Promise.all([readSessionAgain(), forget("/session/devices")]));
        },
      },
    );
  };
  return (
    <form className={styles["form"]} onSubmit={bind} aria-label={t("bind")}>
      <label>
        {t("name")}
        <input value={name} maxLength={60} required onChange={(event) => setName(event.target.value)} />
      </label>
      <label>
        {t("password")}
        <input
          type="password"
          autoComplete="current-password"
          value={password}
          required
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <label>
        {t("code")}
        <input
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <Problem error={send.error} />
      <button type="submit" disabled={send.isPending || password === ""}>
        {t("bind")}
      </button>
    </form>
  );
};

const DeviceCard = ({ device }: { device: Device }) => {
  const t = phone.useWords();
  const release = api.useMutation("delete", "/session/devices/{id}");
  const letGo = (): void =>
    release.mutate(
      { params: { path: { id: device.id } } },
      { onSuccess: () => void forget("/session/devices", "/session") },
    );
  return (
    <li className={styles["card"]}>
      <div className={styles["line"]}>
        <span className={styles["grow"]}>
          {device.name} {device.current ? <b>{t("current")}</b> : null}
        </span>
        {device.endedAt === null ? (
          <button type="button" className={styles["touch"]} disabled={release.isPending} onClick={letGo}>
            {t("release")}
          </button>
        ) : (
          <span className={styles["quiet"]}>{t("ended")}</span>
        )}
      </div>
      <div className={styles["quiet"]}>
        {t("until", { day: dayOf(device.expiresAt) })}, {t("seen", { at: dateTime(device.lastSeenAt) })}
      </div>
      <Problem error={release.error} />
    </li>
  );
};

export const PhonePage = () => {
  const t = phone.useWords();
  const outbox = usePhone();
  const session = useSession();
  const devices = api.useQuery("get", "/session/devices", {});
  const items = devices.data?.items ?? [];
  const here = items.find(({ current, endedAt }) => current && endedAt === null);
  const mayBind = session.roles.length === 1 && session.roles[0] === "area-manager";
  return (
    <>
      <PageBar title={t("title")} />
      <LineState outbox={outbox} />
      <section className={styles["card"]}>
        {here === undefined ? (
          <>
            <h2>{t("notBound")}</h2>
            <p>{mayBind ? t("why") : t("notManager")}</p>
            {mayBind ? session.secondFactorEnrolled ? <Bind /> : <Enrol /> : null}
          </>
        ) : (
          <h2>{t("isBound", { day: dayOf(here.expiresAt) })}</h2>
        )}
        <p className={styles["quiet"]}>{t("install")}</p>
      </section>
      <h2 className={styles["heading"]}>{t("bound")}</h2>
      <Problem error={devices.error} again={() => void devices.refetch()} />
      {devices.data !== undefined && items.length === 0 ? <p>{t("none")}</p> : null}
      <ul className={styles["cards"]}>
        {items.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </ul>
    </>
  );
};
