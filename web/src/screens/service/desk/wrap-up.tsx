/** What became of the call, by one key after `w`. */
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import type { Body } from "#web/api/types.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { useCodes } from "#web/words/codes.ts";
import { deskWords } from "../words-desk.ts";
import styles from "./desk.module.css";
import { type Call, forgetCalls, type WrapUpCode } from "./use-desk.ts";

type Given = Omit<Body<"post", "/hotline/calls/{id}/wrap-up">, "note"> & { readonly note?: string };

export const useWrapUp = (call: Call) => {
  const send = api.useMutation("post", "/hotline/calls/{id}/wrap-up");
  const give = (given: Given, then?: () => void): void =>
    send.mutate(
      { params: { path: { id: call.id } }, body: { note: "", ...given } },
      {
        onSuccess: () => {
          void forgetCalls();
          then?.();
        },
      },
    );
  return { give, error: send.error, isPending: send.isPending, isKept: send.isSuccess };
};

/** In the order of their keys: w 1, w 2 … What names a case or a company is given where these stand. */
const CODES = [
  "answered-no-case",
  "joined-incident",
  "wrong-number",
  "silent",
] as const satisfies readonly WrapUpCode[];

const CodeButton = ({
  n,
  code,
  give,
  isOff,
  isGiven,
}: {
  n: number;
  code: WrapUpCode;
  give: () => void;
  isOff: boolean;
  isGiven: boolean;
}) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const label = word("wrap-up", code);
  useShortcut(`w ${n}`, t("keysWrapUp", { word: label }), give, !isOff);
  return (
    <Button type={isGiven ? "primary" : "default"} disabled={isOff} onClick={give}>
      {label} <kbd>w {n}</kbd>
    </Button>
  );
};

const OtherCompany = ({ tell }: { tell: (companyId: string) => void }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const { data } = api.useQuery("get", "/other-companies", {}, { staleTime: 600_000 });
  const companies = (data?.items ?? []).filter(({ active }) => active);
  if (companies.length === 0) return null;
  return (
    <Select<string>
      aria-label={t("company")}
      placeholder={word("wrap-up", "other-company")}
      value={null}
      onSelect={tell}
      showSearch={{ optionFilterProp: "label" }}
      options={companies.map(({ id, name, phone }) => ({ value: id, label: `${name} ${phone}` }))}
      className={styles["company"] ?? ""}
      popupMatchSelectWidth={false}
    />
  );
};

export const WrapUp = ({ call, hasIncident }: { call: Call; hasIncident: boolean }) => {
  const t = deskWords.useWords();
  const word = useCodes();
  const [note, setNote] = useState("");
  const { give, error, isKept } = useWrapUp(call);
  const hasCase = call.ticketNo !== null;
  return (
    <section className={styles["panel"]} aria-label={t("wrapUp")}>
      <h2>
        {t("wrapUp")}
        {call.wrapUp === null ? null : (
          <span className={styles["quiet"]} role="status">
            {" "}
            {t("wrapped", { word: word("wrap-up", call.wrapUp) })}
          </span>
        )}
      </h2>
      {call.finishedAt !== null && call.wrapUp === null ? (
        <p className={styles["warning"]}>
          {t("callOver")} {t("endHint")}
        </p>
      ) : null}
      <div className={styles["actions"]}>
        {CODES.map((code, index) => (
          <CodeButton
            key={code}
            n={index + 1}
            code={code}
            isGiven={call.wrapUp === code}
            isOff={code === "joined-incident" ? !hasIncident : hasCase}
            give={() => give({ code, note })}
          />
        ))}
        {hasCase ? null : (
          <OtherCompany tell={(companyId) => give({ code: "other-company", companyId, note })} />
        )}
        <Input
          aria-label={t("wrapNote")}
          placeholder={t("wrapNote")}
          value={note}
          maxLength={1000}
          onChange={(event) => setNote(event.target.value)}
          className={styles["note"] ?? ""}
        />
        {call.wrapUp === "case" ? (
          <Button
            disabled={note.trim() === ""}
            onClick={() => give({ code: "case", note: note.trim() }, () => setNote(""))}
          >
            {t("keepNote")}
          </Button>
        ) : null}
        {isKept && call.wrapUp === "case" && note === "" ? <span role="status">{t("noteKept")}</span> : null}
      </div>
      <Problem error={error} />
    </section>
  );
};
