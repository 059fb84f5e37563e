/** Signing in at a telephone, and why a change of the own state was refused. */
import { Input, Modal } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { deskWords } from "../words-desk.ts";

export const SignInAtTelephone = ({ close }: { close: () => void }) => {
  const t = deskWords.useWords();
  const [extension, setExtension] = useState("");
  const send = api.useMutation("post", "/hotline/session");
  const submit = (): void =>
    send.mutate(
      { body: { extension: extension.normalize("NFKC").trim() } },
      {
        onSuccess: () => {
          void forget("/hotline/session", "/hotline/board");
          close();
        },
      },
    );
  return (
    <Modal
      open
      title={t("signIn")}
      okText={t("signIn")}
      onOk={submit}
      onCancel={close}
      confirmLoading={send.isPending}
    >
      <Input
        autoFocus
        aria-label={t("extension")}
        placeholder={t("extension")}
        value={extension}
        maxLength={40}
        autoComplete="off"
        onChange={(event) => setExtension(event.target.value)}
        onPressEnter={(event) => {
          if (!event.nativeEvent.isComposing) submit();
        }}
      />
      <Problem error={send.error} />
    </Modal>
  );
};

export const Refused = ({ error, close }: { error: unknown; close: () => void }) => {
  const t = deskWords.useWords();
  return (
    <Modal open footer={null} title={t("title")} onCancel={close}>
      <Problem error={error} />
    </Modal>
  );
};
