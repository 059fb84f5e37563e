/**
 * Signing in: login and password, then what the login still waits for: an own password, the code of the authenticator. The
 * first thing that anybody loads, so it is made of the browser's own fields.
 */
import { Button } from "antd";
import { type ComponentProps, lazy, type SubmitEvent, Suspense, useId, useState } from "react";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { readSessionAgain, type Session } from "#web/api/session.ts";
import styles from "./shell.module.css";
import { shell } from "./words.ts";

// Only whoever enrols an authenticator needs a picture to scan.
const Picture = lazy(() =>
  import("./enrol-picture.tsx").then((module) => ({ default: module.EnrolPicture })),
);
const Above = lazy(() => import("./sign-in-above.tsx").then((module) => ({ default: module.SignInAbove })));

type Done = () => void;

type FieldProps = Omit<ComponentProps<"input">, "id" | "className"> & { readonly label: string };

const Field = ({ label, ...input }: FieldProps) => {
  const id = useId();
  return (
    <p className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <input id={id} required {...input} />
    </p>
  );
};

/** What was typed into a form, by the names of its fields. */
const typedIn = (event: SubmitEvent<HTMLFormElement>): Readonly<Record<string, string>> => {
  event.preventDefault();
  const typed = [...new FormData(event.currentTarget)];
  return Object.fromEntries(typed.map(([name, value]) => [name, typeof value === "string" ? value : ""]));
};

const LoginForm = ({ done }: { done: Done }) => {
  const t = shell.useWords();
  const send = api.useMutation("post", "/session");
  return (
    <form
      onSubmit={(event) => {
        const { login = "", password = "" } = typedIn(event);
        send.mutate({ body: { login, password } }, { onSuccess: done });
      }}
    >
      <Field name="login" label={t("login")} autoFocus autoComplete="username" maxLength={60} />
      <Field
        name="password"
        label={t("password")}
        type="password"
        autoComplete="current-password"
        maxLength={200}
      />
      <Problem error={send.error} />
      <Button type="primary" htmlType="submit" block loading={send.isPending}>
        {t("signIn")}
      </Button>
    </form>
  );
};

/** Also the page of one's own password; `first` says that it must be done now. */
export const PasswordForm = ({ first, done }: { first: boolean; done: Done }) => {
  const t = shell.useWords();
  const send = api.useMutation("post", "/session/password");
  const [differ, setDiffer] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        const { currentPassword = "", newPassword = "", repeated } = typedIn(event);
        setDiffer(newPassword !== repeated);
        if (newPassword !== repeated) return;
        send.mutate({ body: { currentPassword, newPassword } }, { onSuccess: done });
      }}
    >
      {first ? <p>{t("choosePassword")}</p> : null}
      <Field
        name="currentPassword"
        label={t("currentPassword")}
        type="password"
        autoFocus
        autoComplete="current-password"
        maxLength={200}
      />
      <Field
        name="newPassword"
        label={t("newPassword")}
        type="password"
        autoComplete="new-password"
        maxLength={200}
      />
      <Field
        name="repeated"
        label={t("repeatPassword")}
        type="password"
        autoComplete="new-password"
        maxLength={200}
        aria-invalid={differ}
      />
      {differ ? <p role="alert">{t("notTheSame")}</p> : null}
      <Problem error={send.error} />
      <Button type="primary" htmlType="submit" block loading={send.isPending}>
        {t("ownPassword")}
      </Button>
    </form>
  );
};

const CodeForm = ({ enrolled, done }: { enrolled: boolean; done: Done }) => {
  const t = shell.useWords();
  const send = api.useMutation("post", "/session/totp");
  const begin = api.useMutation("post", "/session/totp");
  const uri = begin.data?.otpauthUri ?? null;
  return (
    <form
      onSubmit={(event) => {
        const { code = "" } = typedIn(event);
        send.mutate({ body: { code: code.normalize("NFKC").replace(/\s/g, "") } }, { onSuccess: done });
      }}
    >
      <p>{t(enrolled ? "giveCode" : "enrol")}</p>
      {enrolled ? null : uri === null ? (
        <Button onClick={() => begin.mutate({ body: {} })} loading={begin.isPending}>
          {t("secondFactor")}
        </Button>
      ) : (
        <Suspense>
          <Picture uri={uri} />
        </Suspense>
      )}
      <Problem error={begin.error} />
      <Field
        name="code"
        label={t("secondFactor")}
        autoFocus
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={10}
      />
      <Problem error={send.error} />
      <Button type="primary" htmlType="submit" block loading={send.isPending}>
        {t("signIn")}
      </Button>
    </form>
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
    <Suspense>
      <Above title={t("signInAgain")}>
        <p>{t("kept")}</p>
        <SignIn session={session} />
      </Above>
    </Suspense>
  );
};
