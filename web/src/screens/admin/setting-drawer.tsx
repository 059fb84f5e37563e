/** One setting: what it means, its fields, why it is changed, and every change before with the value that it had. */
import { Alert, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import { api, forget } from "#web/api/client.ts";
import { problemOf } from "#web/api/problem.ts";
import { Facts } from "#web/furniture/facts.tsx";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useDraft } from "#web/furniture/use-draft.ts";
import { useTypedOver } from "#web/furniture/use-typed-over.ts";
import { Who } from "#web/furniture/who.tsx";
import { useMay } from "#web/api/session.ts";
import { common } from "#web/words/common.ts";
import { language } from "#web/words/words.ts";
import styles from "./admin.module.css";
import { SettingField } from "./setting-field.tsx";
import { useShown } from "./setting-shown.tsx";
import { type Setting, typedOf, valueOfTyped, wrongsOf } from "./setting-value.ts";
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

/** Somebody else has set it meanwhile: nothing of either is lost until this person says which. */
const Others = ({
  setting,
  take,
  keepMine,
}: {
  setting: Setting;
  take: () => void;
  keepMine: () => void;
}) => {
  const t = words.useWords();
  const shown = useShown();
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t("othersSet")}
      description={
        <>
          <p className={styles["said"]}>{shown(setting, setting.value)}</p>
          <p className={styles["row"]}>
            <Button size="small" onClick={take}>
              {t("takeTheirs")}
            </Button>
            <Button size="small" onClick={keepMine}>
              {t("keepMine")}
            </Button>
          </p>
        </>
      }
    />
  );
};

const SettingForm = ({ setting, close }: { setting: Setting; close: () => void }) => {
  const t = words.useWords();
  const say = common.useWords();
  const maySet = useMay()("setting.write");
  const { fields, key, version } = setting;
  const stored = typedOf(fields, setting.value);
  const typed = useTypedOver(`setting-${key}`, { texts: stored, version });
  const why = useDraft(`setting-why-${key}`, { reason: "" });
  const reason = why.draft.reason.trim();
  const missingOf = useMissing();
  const [pressed, setPressed] = useState(false);
  const put = api.useMutation("put", "/settings/{key}");
  const refused = refusedField(put.error);
  // A wrong value is marked as soon as it stands there; what nobody touched is judged when it shall be kept.
  const wrongs = wrongsOf(fields, typed.shown, pressed ? {} : stored);
  const missing = pressed || typed.isChanged ? missingOf(Object.keys(wrongs).length, reason) : undefined;
  /** What was refused was something else than what stands there now. */
  const anew =
    <Given extends unknown[]>(work: (...given: Given) => void) =>
    (...given: Given): void => {
      put.reset();
      work(...given);
    };
  const change = anew(typed.type);
  const save = (): void => {
    const read = valueOfTyped(fields, typed.shown);
    setPressed(true);
    if ("wrongs" in read || reason.length < SHORTEST_REASON) return;
    put.mutate(
      {
        params: { path: { key }, header: { "If-Match": `"${typed.over}"` } },
        body: { value: read.value, reason },
      },
      {
        onSuccess: () => {
          typed.clear();
          why.clear();
          void forget("/settings", "/settings/{key}/history").then(close);
        },
        // Somebody else may have set it: what holds now is shown beside what stands here.
        onError: () => void forget("/settings", "/settings/{key}/history"),
      },
    );
  };
  return (
    <Form layout="vertical" onFinish={save}>
      {fields.map((field) => (
        <SettingField
          key={field.name}
          field={field}
          text={typed.shown[field.name] ?? ""}
          disabled={!maySet}
          wrong={wrongs[field.name] ?? (refused === field.name ? "server" : undefined)}
          change={(text) => change({ [field.name]: text })}
        />
      ))}
      {typed.isBehind ? (
        <Others setting={setting} take={anew(typed.clear)} keepMine={anew(typed.keepMine)} />
      ) : null}
      {maySet ? (
        <>
          <Form.Item label={t("whyChange")} htmlFor="setting-reason" required extra={t("inForce")}>
            <Input
              id="setting-reason"
              maxLength={200}
              autoComplete="off"
              value={why.draft.reason}
              onChange={(event) => why.keep({ reason: event.target.value })}
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
