/** One setting: what it means, its fields, why it is changed, and every change before with the value that it had. */
import { Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { Who } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { SettingField } from "./setting-field.tsx";
import { useShown } from "./setting-shown.tsx";
import { type Setting, type Typed, typedOf, valueOfTyped, wrongsOf } from "./setting-value.ts";
import { words } from "./words.ts";

const History = ({ setting }: { setting: Setting }) => {
  const t = words.useWords();
  const shown = useShown();
  const query = api.useQuery("get", "/settings/{key}/history", { params: { path: { key: setting.key } } });
  return (
    <section className={styles["panel"]} aria-label={t("history")}>
      <h2>{t("history")}</h2>
      <Problem error={query.error} again={() => void query.refetch()} />
      {query.data?.items.length === 0 ? <p className={styles["quiet"]}>{t("neverChanged")}</p> : null}
      <ul className={styles["changes"]}>
        {query.data?.items.map((change) => (
          <li key={change.at}>
            <p className={styles["row"]}>
              <strong>{dateTime(change.at)}</strong> <Who login={change.by} name={change.byName} />
            </p>
            <Facts
              rows={[
                [t("changedWhy"), change.reason],
                [t("before"), shown(setting, change.before ?? setting.standard)],
                [t("after"), shown(setting, change.after)],
              ]}
            />
          </li>
        ))}
      </ul>
    </section>
  );
};

/** As the API has it: a letter is no reason. */
const SHORTEST_REASON = 2;

/** The field that a refusal names: `value.warnAt`. */
const refusedField = (error: unknown): string | undefined => {
  if (error === null) return undefined;
  const { code, field } = problemOf(error).facts;
  return code === "setting.invalid" ? field?.replace(/^value\.?/, "").split(".")[0] : undefined;
};

/** What still stands between the form and its being kept, in words; undefined when nothing does. */
const useMissing = (): ((wrong: number, reason: string) => string | undefined) => {
  const t = words.useWords();
  return (wrong, reason) => {
    const parts = [
      wrong === 0 ? "" : t("missing.values", { count: wrong }),
      reason.trim().length < SHORTEST_REASON ? t("missing.reason", { least: SHORTEST_REASON }) : "",
    ].filter((part) => part !== "");
    return parts.length === 0 ? undefined : parts.join(language() === "en" ? "; " : "；");
  };
};

const SettingForm = ({ setting, close }: { setting: Setting; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const maySet = useMay()("setting.write");
  const { fields, key } = setting;
  const { draft, keep, clear } = useDraft(`setting-${key}-${setting.changedAt ?? "standard"}`, {
    typed: typedOf(fields, setting.value),
    reason: "",
  });
  const missingOf = useMissing();
  const [pressed, setPressed] = useState(false);
  const put = api.useMutation("put", "/settings/{key}");
  const refused = refusedField(put.error);
  const stored = typedOf(fields, setting.value);
  const isChanged = fields.some(({ name }) => draft.typed[name] !== stored[name]);
  // A wrong value is marked as soon as it stands there; what nobody touched is judged when it shall be kept.
  const wrongs = wrongsOf(fields, draft.typed, pressed ? {} : stored);
  const missing = pressed || isChanged ? missingOf(Object.keys(wrongs).length, draft.reason) : undefined;
  const change = (typed: Typed): void => {
    put.reset();
    keep({ typed });
  };
  const save = (): void => {
    const read = valueOfTyped(fields, draft.typed);
    setPressed(true);
    if ("wrongs" in read || draft.reason.trim().length < SHORTEST_REASON) return;
    put.mutate(
      { params: { path: { key } }, body: { value: read.value, reason: draft.reason.trim() } },
      {
        onSuccess: () => {
          clear();
          void forget("/settings", "/settings/{key}/history").then(close);
        },
      },
    );
  };
  return (
    <Form layout="vertical" onFinish={save}>
      {fields.map((field) => (
        <SettingField
          key={field.name}
          field={field}
          text={draft.typed[field.name] ?? ""}
          disabled={!maySet}
          wrong={wrongs[field.name] ?? (refused === field.name ? "server" : undefined)}
          change={(text) => change({ ...draft.typed, [field.name]: text })}
        />
      ))}
      {maySet ? (
        <>
          <Form.Item label={t("whyChange")} htmlFor="setting-reason" required extra={t("inForce")}>
            <Input
              id="setting-reason"
              maxLength={200}
              autoComplete="off"
              value={draft.reason}
              onChange={(event) => keep({ reason: event.target.value })}
            />
          </Form.Item>
          <Problem error={put.error} />
          <p className={styles["row"]}>
            <Button
              type="primary"
              htmlType="submit"
              aria-describedby="setting-missing"
              loading={put.isPending}
            >
              {say("save")}
            </Button>
            <Button onClick={() => change(typedOf(fields, setting.standard))}>{t("toStandard")}</Button>
            <span id="setting-missing" role="status" className={styles["missing"]}>
              {missing}
            </span>
          </p>
        </>
      ) : (
        <p className={styles["quiet"]}>{t("readOnly")}</p>
      )}
    </Form>
  );
};

export const SettingDrawer = ({ setting, close }: { setting: Setting; close: () => void }) => (
  <Drawer open size={520} title={setting.title[language()]} onClose={close}>
    <p>{setting.meaning[language()]}</p>
    <p className={styles["quiet"]}>{setting.key}</p>
    <SettingForm setting={setting} close={close} />
    <History setting={setting} />
  </Drawer>
);
