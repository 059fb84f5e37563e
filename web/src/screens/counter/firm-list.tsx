/** A property firm pays for its homes by a list: pasted, or out of a text file. */
import { Alert, Button, Input, Modal } from "antd";
import { useState } from "react";
import { ApiProblem } from "#web/api/problem.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { type Line, readLine } from "./basket.ts";
import styles from "./counter.module.css";
import { readFirmList } from "./read-firm-list.ts";
import { words } from "./words.ts";

type Reading = { readonly lines: readonly Line[]; readonly complaints: readonly string[] };

/** So many homes are read at a time: the list of a large firm must not hold up the other tills. */
const AT_ONCE = 8;

const readAll = async (text: string, t: ReturnType<typeof words.useWords>): Promise<Reading> => {
  const { homes, bad } = readFirmList(text);
  const complaints = bad.map(({ line, text: said, why }) => t(why, { line, text: said }));
  const lines: Line[] = [];
  for (let from = 0; from < homes.length; from += AT_ONCE) {
    const some = homes.slice(from, from + AT_ONCE);
    const read = await Promise.all(
      some.map(async (home) => {
        try {
          return await readLine(home.accountNo, home.amount);
        } catch (error) {
          if (!(error instanceof ApiProblem) || error.facts.status !== 404) throw error;
          complaints.push(t("firmUnknown", { line: home.line, text: home.accountNo }));
          return null;
        }
      }),
    );
    lines.push(...read.filter((line) => line !== null));
  }
  return { lines, complaints };
};

export const FirmList = ({ close, take }: { close: () => void; take: (lines: readonly Line[]) => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const [text, setText] = useState("");
  const [isReading, setIsReading] = useState(false);
  const [complaints, setComplaints] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const read = async (): Promise<void> => {
    setIsReading(true);
    setProblem(null);
    try {
      const { lines, complaints: said } = await readAll(text, t);
      setComplaints(said);
      // All or nothing: a list that is half in the basket would be paid by half.
      if (said.length === 0) {
        take(lines);
        close();
      }
    } catch (error) {
      setProblem(error);
    } finally {
      setIsReading(false);
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
      onCancel={close}
    >
      <div className={styles["firm"]}>
        <p>{t("firmHelp")}</p>
        <Input.TextArea
          aria-label={t("firmList")}
          rows={10}
          value={text}
          maxLength={40_000}
          onChange={(event) => setText(event.target.value)}
        />
        <label>
          <Button onClick={(event) => event.currentTarget.parentElement?.querySelector("input")?.click()}>
            {t("firmFile")}
          </Button>
          <input
            type="file"
            hidden
            accept=".txt,.csv,.tsv,text/plain,text/csv"
            aria-label={t("firmFile")}
            onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
          />
        </label>
        {complaints.length === 0 ? null : (
          <Alert
            type="error"
            role="alert"
            title={complaints.map((said) => (
              <p key={said}>{said}</p>
            ))}
          />
        )}
        <Problem error={problem} />
      </div>
    </Modal>
  );
};
