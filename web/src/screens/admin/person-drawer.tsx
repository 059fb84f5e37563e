/** One login: its rights, how it is reached, its phones, and what ends it. */
import { Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { askBefore } from "#web/furniture/above.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay, useSession } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { InitialPassword } from "./new-person.tsx";
import type { Member } from "./people-page.tsx";
import { AreasField, BothFinance, RolesField } from "./person-fields.tsx";
import type { StaffRole } from "./staff-roles.ts";
import { words } from "./words.ts";

type Change = Body<"patch", "/staff/{id}">;
type Typed = { displayName: string; mobile?: string; mail?: string; roles: StaffRole[]; areaIds: string[] };

const changeOf = (member: Member, typed: Typed): Change => ({
  ...(typed.displayName === member.displayName ? {} : { displayName: typed.displayName }),
  // A mobile is masked here: an empty field leaves it as it is.
  ...(typed.mobile === undefined || typed.mobile.trim() === "" ? {} : { mobile: typed.mobile.trim() }),
  ...((typed.mail ?? "") === (member.mail ?? "")
    ? {}
    : { mail: typed.mail === "" ? null : (typed.mail ?? null) }),
  ...(String(typed.roles.toSorted()) === String(member.roles.toSorted()) ? {} : { roles: typed.roles }),
  ...(String(typed.areaIds) === String(member.areaIds ?? [])
    ? {}
    : { areaIds: typed.areaIds.length === 0 ? null : typed.areaIds }),
});

const Devices = ({ member }: { member: Member }) => {
  const t = words.useWords();
  const may = useMay();
  const path = { id: member.id };
  const devices = api.useQuery("get", "/staff/{id}/devices", { params: { path } });
  const release = api.useMutation("delete", "/staff/{id}/devices/{deviceId}");
  const living = (devices.data?.items ?? []).filter(({ endedAt }) => endedAt === null);
  return (
    <section className={styles["panel"]}>
      <h2>{t("devices")}</h2>
      {living.length === 0 ? <p className={styles["quiet"]}>{t("noDevice")}</p> : null}
      {living.map((device) => (
        <p key={device.id} className={styles["row"]}>
          {device.name} <span className={styles["quiet"]}>{dateTime(device.lastSeenAt)}</span>
          {may("staff.write") ? (
            <Button
              size="small"
              loading={release.isPending}
              onClick={() =>
                release.mutate(
                  { params: { path: { id: member.id, deviceId: device.id } } },
                  { onSuccess: () => void forget("/staff/{id}/devices") },
                )
              }
            >
              {t("release")}
            </Button>
          ) : null}
        </p>
      ))}
      <Problem error={devices.error ?? release.error} />
    </section>
  );
};

const Ending = ({ member, made }: { member: Member; made: (password: string) => void }) => {
  const t = words.useWords();
  const change = api.useMutation("patch", "/staff/{id}");
  const end = api.useMutation("delete", "/staff/{id}/sessions");
  const send = (body: Change): void =>
    change.mutate(
      { params: { path: { id: member.id }, header: { "If-Match": `"${member.version}"` } }, body },
      {
        onSuccess: (answer) => {
          if (answer.initialPassword !== null) made(answer.initialPassword);
          void forget("/staff");
        },
      },
    );
  const ask = (title: string, body: Change): void =>
    askBefore({ title, content: t("endsSessions"), onOk: () => send(body) });
  const isOut = member.disabledAt !== null;
  return (
    <section className={styles["panel"]}>
      <h2>{t("access")}</h2>
      <div className={styles["row"]}>
        <Button onClick={() => ask(t("resetPassword"), { resetPassword: true })}>{t("resetPassword")}</Button>
        {member.secondFactor ? (
          <Button onClick={() => ask(t("removeSecondFactor"), { removeSecondFactor: true })}>
            {t("removeSecondFactor")}
          </Button>
        ) : null}
        <Button loading={end.isPending} onClick={() => end.mutate({ params: { path: { id: member.id } } })}>
          {t("endSessions")}
        </Button>
        <Button danger={!isOut} onClick={() => ask(t(isOut ? "enable" : "disable"), { disabled: !isOut })}>
          {t(isOut ? "enable" : "disable")}
        </Button>
      </div>
      {end.data === undefined ? null : <p>{t("ended", { count: end.data.ended })}</p>}
      <Problem error={change.error ?? end.error} />
    </section>
  );
};

export const PersonDrawer = ({ member, close }: { member: Member; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const may = useMay();
  const { login } = useSession();
  const [password, setPassword] = useState<string>();
  const [form] = Form.useForm<Typed>();
  const roles = Form.useWatch("roles", form);
  const change = api.useMutation("patch", "/staff/{id}");
  const isOwn = login === member.login;
  const mayChange = may("staff.write");
  const send = (typed: Typed): void => {
    const body = changeOf(member, typed);
    if (Object.keys(body).length === 0) return close();
    change.mutate(
      { params: { path: { id: member.id }, header: { "If-Match": `"${member.version}"` } }, body },
      { onSuccess: () => void forget("/staff").then(close) },
    );
  };
  return (
    <Drawer open size={460} title={`${member.displayName} · ${member.login}`} onClose={close}>
      {password === undefined ? null : <InitialPassword login={member.login} password={password} />}
      {isOwn ? <p className={styles["quiet"]}>{t("ownRights")}</p> : null}
      <Form<Typed>
        key={member.version}
        form={form}
        layout="vertical"
        disabled={!mayChange}
        onFinish={send}
        initialValues={{
          displayName: member.displayName,
          mail: member.mail ?? "",
          roles: member.roles,
          areaIds: member.areaIds ?? [],
        }}
      >
        <Form.Item name="displayName" label={t("name")} rules={[{ required: true }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="roles" label={t("roles")}>
          <RolesField disabled={isOwn || !mayChange} />
        </Form.Item>
        <BothFinance roles={roles} />
        <Form.Item name="areaIds" label={t("areas")} extra={t("areasHint")}>
          <AreasField disabled={isOwn || !mayChange} roles={roles} />
        </Form.Item>
        <Form.Item
          name="mobile"
          label={t("mobile")}
          extra={t("mobileHint", { shown: member.mobile ?? say("none") })}
        >
          <Input maxLength={40} inputMode="tel" />
        </Form.Item>
        <Form.Item name="mail" label={t("mail")}>
          <Input maxLength={254} inputMode="email" />
        </Form.Item>
        <Problem error={change.error} />
        {mayChange ? (
          <Button type="primary" htmlType="submit" loading={change.isPending}>
            {say("save")}
          </Button>
        ) : null}
      </Form>
      <Devices member={member} />
      {mayChange && !isOwn ? <Ending member={member} made={setPassword} /> : null}
    </Drawer>
  );
};
