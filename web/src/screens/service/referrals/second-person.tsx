/** What waits for a second person (a reply, an extension): signed or refused where its words stand. */
import { Button } from "antd";
import { useState } from "react";
import { api, call, forget } from "#web/api/client.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import styles from "../cases/cases.module.css";
import { referralWords } from "../words-referral.ts";
import { forgetReferrals } from "./use-referral.ts";

type StateKey = Extract<keyof (typeof referralWords.texts)["zh-CN"], `approval.${string}`>;
const isState = (key: string): key is StateKey => key in referralWords.texts["zh-CN"];

export const SecondPerson = ({ approvalId, state }: { approvalId: string; state: string }) => {
  const t = referralWords.useWords();
  const may = useMay();
  const [refuses, setRefuses] = useState(false);
  const send = api.useMutation("post", "/approvals/{id}/decision");
  const params = { path: { id: approvalId } };
  const key = `approval.${state}`;
  const again = (): Promise<unknown> => Promise.all([forgetReferrals(), forget("/approvals")]);
  return (
    <div className={styles["actions"]}>
      <span role="status">{isState(key) ? t(key) : state}</span>
      {state === "requested" && may("approval.decide") && may("referral.sign") ? (
        <>
          <Button
            size="small"
            type="primary"
            loading={send.isPending}
            onClick={() =>
              send.mutate(
                { params, body: { decision: "approved", reason: "" } },
                { onSuccess: () => void again() },
              )
            }
          >
            {t("sign")}
          </Button>
          <Button size="small" onClick={() => setRefuses(true)}>
            {t("refuse")}
          </Button>
        </>
      ) : null}
      <Problem error={send.error} />
      {refuses ? (
        <AskReason
          title={t("refuseReason")}
          verb={t("refuse")}
          danger
          close={() => setRefuses(false)}
          act={async (reason) => {
            await call.POST("/approvals/{id}/decision", { params, body: { decision: "refused", reason } });
            await again();
          }}
        />
      ) : null}
    </div>
  );
};
