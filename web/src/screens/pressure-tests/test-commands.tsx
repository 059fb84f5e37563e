/** What a test takes in its state: begin, pass, fail, move, put off, call off, re-test. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { AskReason } from "#web/furniture/ask-reason.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { instantOfWallTime, wallTimeOf } from "#web/furniture/wall-time.ts";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import styles from "./pressure.module.css";
import { type Command, COMMANDS, type Test } from "./states.ts";
import { readTestAgain } from "./about-test.ts";
import { words } from "./words.ts";

type Window = { readonly startsAt: string; readonly endsAt: string };

const seen = ({ id, version }: Test) => ({
  params: { path: { id }, header: { "If-Match": `"${version}"` } },
});

/** With a reason. */
const giveReason = async (
  test: Test,
  command: "fail" | "postpone" | "cancel" | "move",
  reason: string,
  window: Window | null,
): Promise<void> => {
  const body = { reason };
  if (command === "fail") await call.POST("/pressure-tests/{id}/fail", { ...seen(test), body });
  else if (command === "postpone") await call.POST("/pressure-tests/{id}/postpone", { ...seen(test), body });
  else if (command === "cancel") await call.POST("/pressure-tests/{id}/cancel", { ...seen(test), body });
  else if (window !== null)
    await call.POST("/pressure-tests/{id}/move", { ...seen(test), body: { reason, ...window } });
  await readTestAgain();
};

const useWindow = (test: Test) => {
  const [startsAt, setStartsAt] = useState(wallTimeOf(test.startsAt));
  const [endsAt, setEndsAt] = useState(wallTimeOf(test.endsAt));
  const [from, until] = [instantOfWallTime(startsAt), instantOfWallTime(endsAt)];
  const window = from === undefined || until === undefined ? null : { startsAt: from, endsAt: until };
  return { window, startsAt, endsAt, setStartsAt, setEndsAt };
};

const WindowFields = ({ chosen }: { chosen: ReturnType<typeof useWindow> }) => {
  const t = words.useWords();
  return (
    <Form layout="vertical" component="div">
      <Form.Item label={t("startsAt")} htmlFor="test-starts">
        <Input
          id="test-starts"
          type="datetime-local"
          value={chosen.startsAt}
          onChange={(event) => chosen.setStartsAt(event.target.value)}
        />
      </Form.Item>
      <Form.Item label={t("endsAt")} htmlFor="test-ends">
        <Input
          id="test-ends"
          type="datetime-local"
          value={chosen.endsAt}
          onChange={(event) => chosen.setEndsAt(event.target.value)}
        />
      </Form.Item>
    </Form>
  );
};

type DialogProps = { readonly test: Test; readonly close: () => void };

const ReasonDialog = ({
  test,
  command,
  close,
}: DialogProps & { command: "fail" | "postpone" | "cancel" | "move" }) => {
  const t = words.useWords();
  const chosen = useWindow(test);
  return (
    <AskReason
      title={t(command)}
      danger={command === "cancel" || command === "fail"}
      act={(reason) => giveReason(test, command, reason, chosen.window)}
      close={close}
    >
      {command === "move" ? <WindowFields chosen={chosen} /> : null}
    </AskReason>
  );
};

/** Without a reason: begin, pass with a note, the window of a re-test. */
const PlainDialog = ({ test, command, close }: DialogProps & { command: "begin" | "pass" | "retest" }) => {
  const t = words.useWords();
  const say = common.useWords();
  const navigate = useNavigate();
  const chosen = useWindow(test);
  const [note, setNote] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const give = async (): Promise<void> => {
    if (command === "begin") {
      await call.POST("/pressure-tests/{id}/begin", { ...seen(test), body: {} });
    } else if (command === "pass") {
      const said = note.trim();
      await call.POST("/pressure-tests/{id}/pass", {
        ...seen(test),
        body: said === "" ? {} : { note: said },
      });
    } else if (chosen.window !== null) {
      const { data } = await call.POST("/pressure-tests/{id}/retest", { ...seen(test), body: chosen.window });
      if (data !== undefined) {
        await navigate({ to: "/pressure-tests/$testId", params: { testId: data.retestNo } });
      }
    }
    await readTestAgain();
  };
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await give();
      close();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t(command)}
      okText={t(command)}
      cancelText={say("cancel")}
      okButtonProps={{ loading: isBusy, disabled: command === "retest" && chosen.window === null }}
      onOk={() => void send()}
      onCancel={close}
    >
      {command === "begin" ? <p>{t("beginAsk")}</p> : null}
      {command === "pass" ? (
        <>
          <p>{t("passAsk")}</p>
          <label>
            {t("passNote")}
            <Input.TextArea
              rows={2}
              maxLength={1000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          </label>
        </>
      ) : null}
      {command === "retest" ? <WindowFields chosen={chosen} /> : null}
      <Problem error={error} />
    </Modal>
  );
};

const MAIN: readonly Command[] = ["begin", "pass", "retest"];

export const TestCommands = ({ test }: { test: Test }) => {
  const t = words.useWords();
  const may = useMay();
  const [open, setOpen] = useState<Command>();
  if (!may("pressure-test.write")) return null;
  const close = (): void => setOpen(undefined);
  return (
    <div className={styles["row"]}>
      {COMMANDS[test.state].map((command) => (
        <Button
          key={command}
          type={MAIN.includes(command) ? "primary" : "default"}
          danger={command === "cancel" || command === "fail"}
          onClick={() => setOpen(command)}
        >
          {t(command)}
        </Button>
      ))}
      {open === "begin" || open === "pass" || open === "retest" ? (
        <PlainDialog test={test} command={open} close={close} />
      ) : null}
      {open === "fail" || open === "postpone" || open === "cancel" || open === "move" ? (
        <ReasonDialog test={test} command={open} close={close} />
      ) : null}
    </div>
  );
};
