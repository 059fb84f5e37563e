/** Asks again who sits here: the own password, or the code of the authenticator. Above whatever was being done. */
import { Form, Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { readSessionAgain, useSession } from "#web/api/session.ts";
import { shell } from "./words.ts";

type Way = "password" | "code";

export const StepUpDialog = ({ done }: { done: (isProved: boolean) => void }) => {
  const t = shell.useWords();
  const say = common.useWords();
  const { login, secondFactorEnrolled } = useSession();
  const [way, setWay] = useState<Way>(secondFactorEnrolled ? "code" : "password");
  const [typed, setTyped] = useState("");
  const prove = api.useMutation("post", "/session/step-up");
  const send = (): void => {
    const secret = way === "code" ? typed.normalize("NFKC").replace(/\s/g, "") : typed;
    if (secret === "" || prove.isPending) return;
    prove.mutate(
      { body: way === "code" ? { code: secret } : { password: secret } },
      {
        onSuccess: () => {
          void readSessionAgain();
          done(true);
        },
        onError: () => setTyped(""),
      },
    );
  };
  const change = (chosen: Way): void => {
    setWay(chosen);
    setTyped("");
  };
  return (
    <Modal
      open
      zIndex={2000}
      title={t("proveAgain")}
      okText={say("confirm")}
      cancelText={say("cancel")}
      onOk={send}
      onCancel={() => done(false)}
      okButtonProps={{ loading: prove.isPending, disabled: typed === "" }}
      mask={{ closable: false }}
    >
      <p>{t("whyProve")}</p>
      {secondFactorEnrolled ? (
        <Segmented<Way>
          value={way}
          onChange={change}
          options={[
            { value: "code", label: t("byCode") },
            { value: "password", label: t("byPassword") },
          ]}
        />
      ) : null}
      <Form layout="vertical">
        {/* For password managers: whose password it is. */}
        <input type="text" autoComplete="username" value={login} readOnly hidden />
        <Form.Item label={t(way === "code" ? "secondFactor" : "password")} htmlFor="step-up">
          {way === "code" ? (
            <Input
              id="step-up"
              autoFocus
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={10}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onPressEnter={send}
            />
          ) : (
            <Input.Password
              id="step-up"
              autoFocus
              autoComplete="current-password"
              maxLength={200}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onPressEnter={send}
            />
          )}
        </Form.Item>
      </Form>
      <Problem error={prove.error} />
    </Modal>
  );
};
