/** A version that waits for a second person: decided here as in the list of approvals, or taken back by whoever asked. */
import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { useMay, useSession } from "#web/api/session.ts";
import { tellDone } from "#web/furniture/above.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { Who } from "#web/furniture/who.tsx";
import { common } from "#web/words/common.ts";
import styles from "./admin.module.css";
import { TemplatePreview } from "./template-preview.tsx";
import { forgetTemplates, LOCALES, type Version } from "./templates.ts";
import { words } from "./words.ts";

const useDeciding = (version: Version) => {
  const t = words.useWords();
  const decide = api.useMutation("post", "/approvals/{id}/decision");
  const withdraw = api.useMutation("delete", "/approvals/{id}");
  const path = { params: { path: { id: version.approvalId ?? "" } } };
  return {
    say: (decision: "approved" | "refused", reason: string): void =>
      decide.mutate(
        { ...path, body: { decision, reason } },
        {
          onSuccess: () => {
            if (decision === "approved") tellDone(t("isLive"));
            void forgetTemplates();
          },
        },
      ),
    takeBack: (): void => withdraw.mutate(path, { onSuccess: () => void forgetTemplates() }),
    isBusy: decide.isPending || withdraw.isPending,
    error: decide.error ?? withdraw.error,
  };
};

export const TemplateWaiting = ({ version }: { version: Version }) => {
  const t = words.useWords();
  const say = common.useWords();
  const may = useMay();
  const { login } = useSession();
  const [reason, setReason] = useState("");
  const deciding = useDeciding(version);
  const isOwn = version.requestedBy === login;
  const { channel, name } = version;
  const texts = Object.fromEntries(
    LOCALES.flatMap((locale) => {
      const text = version.words[locale];
      return text === null || text === undefined ? [] : [[locale, text]];
    }),
  );
  return (
    <>
      <Facts
        rows={[
          [t("askedBy"), <Who key="who" login={version.requestedBy} name={version.requestedByName} />],
          [t("whyWords"), version.reason],
          [t("liveSince"), version.liveDay],
          [t("asksFor"), version.kind === "program" ? t("toProgramDraft") : null],
        ]}
      />
      <TemplatePreview question={{ channel, name, words: texts }} />
      <Problem error={deciding.error} />
      {isOwn ? (
        <>
          <Alert type="info" showIcon title={t("ownRequest")} />
          <p>
            <Button loading={deciding.isBusy} onClick={deciding.takeBack}>
              {t("takeBack")}
            </Button>
          </p>
        </>
      ) : null}
      {!isOwn && may("approval.decide") ? (
        <>
          <label>
            {say("reason")}
            <Input value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
          </label>
          <p className={styles["row"]}>
            <Button type="primary" loading={deciding.isBusy} onClick={() => deciding.say("approved", "")}>
              {t("approveWords")}
            </Button>
            <Button
              danger
              disabled={reason.trim() === ""}
              loading={deciding.isBusy}
              onClick={() => deciding.say("refused", reason.trim())}
            >
              {t("refuseWords")}
            </Button>
          </p>
        </>
      ) : null}
    </>
  );
};
