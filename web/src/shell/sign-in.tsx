/** Signing in: login and password, then what the login still waits for: an own password, the code of the authenticator. */
import { Button, Form, Input, Modal, QRCode } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { readSessionAgain, type Session } from "./session.ts";
import { shell } from "./words.ts";

type Done = () => void;

const LoginForm = ({ done }: { done: Done }) => {
  const t = shell.useWords();
  const send = api.useMutation("post", "/session");
  return (
    <Form
      layout="vertical"
      onFinish={(body: { login: string; password: string }) => send.mutate({ body }, { onSuccess: done })}
    >
      <Form.Item name="login" label={t("login")} rules={[{ required: true }]}>
        <Input autoFocus autoComplete="username" maxLength={60} />
      </Form.Item>
      <Form.Item name="password" label={t("password")} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" maxLength={200} />
      </Form.Item>
      <Problem error={send.error} />
      <Button type="primary" htmlType="submit" block loading={send.isPending}>
        {t("signIn")}
      </Button>
    </Form>
  );
};

/** Also the page of one's own password; `first` says that it must be done now. */
export const PasswordForm = ({ first, done }: { first: boolean; done: Done }) => {
  const t = shell.useWords();
  const send = api.useMutation("post", "/session/password");
  return (
    <Form
      layout="vertical"
      onFinish={(typed: { currentPassword?: string; newPassword: string }) =>
        send.mutate(
          {
            body: {
              newPassword: typed.newPassword,
              ...(typed.currentPassword === undefined ? {} : { currentPassword: typed.currentPassword }),
            },
          },
          { onSuccess: done },
        )
      }
    >
      {first ? <p>{t("choosePassword")}</p> : null}
      <Form.Item name="currentPassword" label={t("currentPassword")} rules={[{ required: true }]}>
        <Input.Password autoFocus autoComplete="current-password" maxLength={200} />
      </Form.Item>
      <Form.Item name="newPassword" label={t("newPassword")} rules={[{ required: true }]}>
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="repeated"
        label={t("repeatPassword")}
        dependencies={["newPassword"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_rule, value) =>
              value === getFieldValue("newPassword")
                ? Promise.resolve()
                : Promise.reject(new Error(t("notTheSame"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Problem error={send.error} />
      <Button type="primary" htmlType="submit" block loading={send.isPending}>
        {t("ownPassword")}
      </Button>
    </Form>
  );
};

const CodeForm = ({ enrolled, done }: { enrolled: boolean; done: Done }) => {
  const t = shell.useWords();
  const send = api.useMutation("post", "/session/totp");
  const begin = api.useMutation("post", "/session/totp");
  const uri = begin.data?.otpauthUri ?? null;
  return (
    <Form
      layout="vertical"
      onFinish={({ code }: { code: string }) =>
        send.mutate({ body: { code: code.normalize("NFKC").replace(/\s/g, "") } }, { onSuccess: done })
      }
    >
      <p>{t(enrolled ? "giveCode" : "enrol")}</p>
      {enrolled ? null : uri === null ? (
        <Button onClick={() => begin.mutate({ body: {} })} loading={begin.isPending}>
          {t("secondFactor")}
        </Button>
      ) : (
        <QRCode value={uri} type="svg" />
      )}
      <Problem error={begin.error} />
      <Form.Item name="code" label={t("secondFactor")} rules={[{ required: true }]}>
        <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={10} />
      </Form.Item>
      <Problem error={send.error} />
      <Button type="primary" htmlType="submit" block loading={send.isPending}>
        {t("signIn")}
      </Button>
    </Form>
  );
};

/** The next step of signing in; `session` is undefined when nobody is signed in. Calls nothing when it is complete. */
export const SignIn = ({ session }: { session: Session | undefined }) => {
  const [step, setStep] = useState(0);
  const done = (): void => {
    setStep(step + 1);
    void readSessionAgain();
  };
  if (session === undefined) return <LoginForm done={done} />;
  if (session.secondFactorNeeded && session.secondFactorEnrolled) return <CodeForm enrolled done={done} />;
  if (session.mustChangePassword) return <PasswordForm first done={done} />;
  return <CodeForm enrolled={false} done={done} />;
};

/** Above the page of somebody whose session has ended: what stands on the page stays. */
export const SignInAgain = ({ session }: { session: Session | undefined }) => {
  const t = shell.useWords();
  return (
    <Modal
      open
      title={t("signInAgain")}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
    >
      <p>{t("kept")}</p>
      <SignIn session={session} />
    </Modal>
  );
};
