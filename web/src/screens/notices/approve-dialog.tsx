/** The second person: reads what goes to how many homes, says yes, and about the night and about the same words where that is asked. */
import { Checkbox, Modal, Radio } from "antd";
import { useState } from "react";
import { api, call } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import type { Notice } from "./notice-draft.ts";
import styles from "./notices.module.css";
import { readAgain } from "./read-again.ts";
import { words } from "./words.ts";

export const ApproveDialog = ({ notice, close }: { notice: Notice; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const may = useMay();
  const [start, setStart] = useState(true);
  const [atNight, setAtNight] = useState<boolean>();
  const [again, setAgain] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const seen = api.useQuery(
    "get",
    "/notices/{id}/preview",
    { params: { path: { id: notice.id } } },
    { enabled: may("notice.preview") },
  );
  const approve = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await call.POST("/notices/{id}/approval", {
        params: { path: { id: notice.id }, header: { "If-Match": `"${notice.version}"` } },
        body: {
          start,
          ...(atNight === undefined ? {} : { atNight }),
          ...(again ? { again: true } : {}),
        },
      });
      await readAgain();
      close();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const needsWord = notice.passesQuietHours && atNight === undefined;
  const same = seen.data?.sameWords.homes ?? 0;
  return (
    <Modal
      open
      title={t("approveTitle")}
      okText={t("approve")}
      cancelText={say("cancel")}
      okButtonProps={{ disabled: needsWord, loading: isBusy }}
      onOk={() => void approve()}
      onCancel={close}
    >
      {seen.data === undefined ? null : (
        <>
          <p>
            {t("approveWarning", {
              homes: seen.data.counts.households,
              messages: seen.data.counts.messages,
            })}
          </p>
          <p className={styles["bubble"]}>{seen.data.samples[0]?.text}</p>
        </>
      )}
      {notice.emergency ? null : (
        <p>
          <Checkbox checked={start} onChange={(event) => setStart(event.target.checked)}>
            {t("startAtOnce")}
          </Checkbox>
        </p>
      )}
      {notice.passesQuietHours ? (
        <Radio.Group
          aria-label={t("atNight")}
          value={atNight}
          onChange={(event) => setAtNight(event.target.value === true)}
          options={[
            { value: true, label: t("atNightYes") },
            { value: false, label: t("atNightNo") },
          ]}
        />
      ) : null}
      {same > 0 ? (
        <Checkbox checked={again} onChange={(event) => setAgain(event.target.checked)}>
          {t("again", { homes: same })}
        </Checkbox>
      ) : null}
      <Problem error={error ?? seen.error} />
    </Modal>
  );
};
