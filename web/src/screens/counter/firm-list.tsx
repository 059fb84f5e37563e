/** A property firm pays for its homes by a list: pasted, or out of a text file. */
import { Alert, Button, Input, Modal } from "antd";
import { useEffect, useState } from "react";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { type Line, readLine } from "./basket.ts";
import styles from "./counter.module.css";
import { textOfFile } from "./read-firm-list.ts";
import { type Complaint, MOST_HOMES, newReadings, readFirm, withoutComplaints } from "./read-firm.ts";
import { words } from "./words.ts";

type ComplaintsProps = {
  readonly complaints: readonly Complaint[];
  readonly leaveOut: () => void;
};

const Complaints = ({ complaints, leaveOut }: ComplaintsProps) => {
  const t = words.useWords();
  if (complaints.length === 0) return null;
  const hasLines = complaints.some(({ line }) => line !== null);
  return (
    <Alert
      type="error"
      role="alert"
      className={styles["complaints"] ?? ""}
      title={complaints.map(({ line, text, why }) => (
        <p key={`${line}:${why}`}>{t(why, { line: line ?? "", text, most: MOST_HOMES })}</p>
      ))}
      description={hasLines ? <Button onClick={leaveOut}>{t("firmLeaveOut")}</Button> : undefined}
    />
  );
};

export const FirmList = ({ close, take }: { close: () => void; take: (lines: readonly Line[]) => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const [text, setText] = useState("");
  const [isReading, setIsReading] = useState(false);
  const [complaints, setComplaints] = useState<readonly Complaint[]>([]);
  const [unread, setUnread] = useState<"firmWorkbook" | "firmNoText">();
  const [problem, setProblem] = useState<unknown>(null);
  const [readings] = useState(newReadings);
  // Closed in whatever way: what is still being read goes into no basket.
  useEffect(() => readings.drop, [readings]);
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const found = textOfFile(new Uint8Array(await file.arrayBuffer()));
    setComplaints([]);
    setUnread("why" in found ? found.why : undefined);
    if ("text" in found) setText(found.text);
  };
  const read = async (): Promise<void> => {
    const counts = readings.begin();
    setIsReading(true);
    setProblem(null);
    try {
      const { lines, complaints: said } = await readFirm(text, readLine);
      if (!counts()) return;
      setComplaints(said);
      // All or nothing: a list that is half in the basket would be paid by half.
      if (said.length === 0) {
        take(lines);
        close();
      }
    } catch (error) {
      if (counts()) setProblem(error);
    } finally {
      if (counts()) setIsReading(false);
    }
  };
  return (
    <Modal
      open
      title={t("firmList")}
      okText={t("firmRead")}
      cancelText={say("cancel")}
      confirmLoading={isReading}
      onOk={() => void read()}
      onCancel={() => {
        readings.drop();
        close();
      }}
    >
      <div className={styles["firm"]}>
        <p>{t("firmHelp")}</p>
        <Input.TextArea
          aria-label={t("firmList")}
          rows={10}
          value={text}
          readOnly={isReading}
          onChange={(event) => {
            setText(event.target.value);
            // Their lines are other lines now.
            setComplaints([]);
            setUnread(undefined);
          }}
        />
        <label>
          <Button
            disabled={isReading}
            onClick={(event) => event.currentTarget.parentElement?.querySelector("input")?.click()}
          >
            {t("firmFile")}
          </Button>
          <input
            type="file"
            hidden
            disabled={isReading}
            accept=".txt,.csv,.tsv,text/plain,text/csv"
            aria-label={t("firmFile")}
            onChange={(event) => void choose(event.target.files?.[0])}
          />
        </label>
        {unread === undefined ? null : <Alert type="error" role="alert" title={t(unread)} />}
        <Complaints
          complaints={complaints}
          leaveOut={() => {
            setText(withoutComplaints(text, complaints));
            setComplaints([]);
          }}
        />
        <Problem error={problem} />
      </div>
    </Modal>
  );
};
