/** "My number has changed": the new one, and which of the old ones is no longer used. */
import { Button, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { EnterSends } from "#web/furniture/enter-sends.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { useCodes } from "#web/words/codes.ts";
import { common } from "#web/words/common.ts";
import { contactWords } from "../words-contacts.ts";
import type { Account, Person } from "./types.ts";
import { useChange } from "./use-change.ts";

const NONE = -1;
type Mark = { position: number; shown: string; confirmed: boolean };

export const ChangePhones = ({
  account,
  personId,
  close,
}: {
  account: Account;
  personId: string;
  close: () => void;
}) => {
  const person = account.people.find((one) => one.personId === personId);
  return person === undefined ? null : <Asking account={account} person={person} close={close} />;
};

const Asking = ({ account, person, close }: { account: Account; person: Person; close: () => void }) => {
  const t = contactWords.useWords();
  const say = common.useWords();
  const word = useCodes();
  const change = useChange(account, close);
  const listed = person.phones.map((phone, position) => ({ ...phone, position }));
  const used = listed.filter(({ confirmed }) => confirmed !== false);
  const [number, setNumber] = useState("");
  const [isAsked, setAsked] = useState(false);
  // One number: that one has changed. Of several nobody knows which.
  const [old, setOld] = useState(
    used.length === 1 ? used[0]?.position : used.length === 0 ? NONE : undefined,
  );
  const post = (body: { add?: { number: string }; mark?: Mark }): void =>
    void change.send((header) =>
      call.POST("/accounts/{accountNo}/people/{personId}/phones", {
        params: { path: { accountNo: account.accountNo, personId: person.personId }, header },
        body,
      }),
    );
  const isEmpty = number.trim() === "" && (old === undefined || old === NONE);
  const save = (): void => {
    if (old === undefined) {
      setAsked(true);
      return;
    }
    if (isEmpty) return;
    const gone = listed[old];
    post({
      ...(number.trim() === "" ? {} : { add: { number: number.trim() } }),
      ...(gone === undefined ? {} : { mark: { position: old, shown: gone.number, confirmed: false } }),
    });
  };
  return (
    <Modal
      open
      title={t("correctTitle", { name: person.name, role: word("person", person.role) })}
      okText={say("save")}
      cancelText={say("cancel")}
      onOk={save}
      onCancel={close}
      okButtonProps={{ loading: change.isBusy, disabled: isEmpty && old !== undefined }}
    >
      <Form layout="vertical" onFinish={save}>
        <Form.Item label={t("newNumber")} extra={t("newNumberHelp")} htmlFor="new-number">
          <Input
            id="new-number"
            autoFocus
            inputMode="tel"
            autoComplete="off"
            maxLength={40}
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        </Form.Item>
        {used.length === 0 ? null : (
          <Form.Item
            label={t("instead")}
            extra={t("keepWrong")}
            {...(isAsked && old === undefined ? { validateStatus: "error", help: t("pickOld") } : {})}
          >
            <Radio.Group
              value={old}
              onChange={({ target }) => setOld(Number(target.value))}
              options={[
                ...used.map(({ number: shown, position }) => ({ value: position, label: shown })),
                { value: NONE, label: t("keepAll") },
              ]}
            />
          </Form.Item>
        )}
        {listed
          .filter(({ confirmed }) => confirmed === false)
          .map(({ number: shown, position }) => (
            <p key={position}>
              <Button
                size="small"
                disabled={change.isBusy}
                onClick={() => post({ mark: { position, shown, confirmed: true } })}
              >
                {t("useAgain", { number: shown })}
              </Button>
            </p>
          ))}
        <Problem error={change.error} again={change.again} />
        <EnterSends />
      </Form>
    </Modal>
  );
};
