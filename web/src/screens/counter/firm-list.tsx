/** A property firm pays for its homes by a list: pasted, or out of a text file. */
import { Alert, Button, Input, Modal } from "antd";
import { useState } from "react";
import { ApiProblem } from "#web/api/problem.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { common } from "#web/words/common.ts";
import { forSome, type Line, readLine } from "./basket.ts";
import styles from "./counter.module.css";
import { readFirmList, textOfFile } from "./read-firm-list.ts";
import { words } from "./words.ts";

type Reading = { readonly lines: readonly Line[]; readonly complaints: readonly string[] };

const readAll = async (text: string, t: ReturnType<typeof words.useWords>): Promise<Reading> => {
  const { homes, bad } = readFirmList(text);
  const complaints = bad.map(({ line, text: said, why }) => t(why, { line, text: said }));
  const read = await forSome(homes, async (home) => {
    try {
      return { home, line: await readLine(home.accountNo, home.amount) };
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.facts.status !== 404) throw error;
      complaints.push(t("firmUnknown", { line: home.line, text: home.accountNo }));
      return null;
    }
  });
  const lines = new Map<string, Line>();
  for (const one of read) {
    if (one === null) continue;
    // Two numbers of one home, the old one and the new one, are one home.
    const { home, line } = one;
    if (lines.has(line.accountNo)) complaints.push(t("firmTwice", { line: home.line, text: home.accountNo }));
    else lines.set(line.accountNo, line);
  }
  return { lines: [...lines.values()], complaints };
};

export const FirmList = ({ close, take }: { close: () => void; take: (lines: readonly Line[]) => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const [text, setText] = useState("");
  const [isReading, setIsReading] = useState(false);
  const [complaints, setComplaints] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const found = textOfFile(new Uint8Array(await file.arrayBuffer()));
    setComplaints(found === null ? [t("firmWorkbook")] : []);
    if (found !== null) setText(found);
  };
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
            onChange={(event) => void choose(event.target.files?.[0])}
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
