/** What may be told today, beside the call. */
import { Button, Input, type InputRef } from "antd";
import { useDeferredValue, useRef, useState } from "react";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useShortcut } from "#web/furniture/shortcuts.ts";
import { language } from "#web/words/words.ts";
import { deskWords } from "../words-desk.ts";
import styles from "./desk.module.css";

const Article = ({ code, back }: { code: string; back: () => void }) => {
  const t = deskWords.useWords();
  const { data, error } = api.useQuery("get", "/knowledge/{code}", { params: { path: { code } } });
  const texts = data?.versions.find(({ inForce }) => inForce)?.texts ?? [];
  const text = texts.find((one) => one.language === language()) ?? texts[0];
  return (
    <article>
      <Button size="small" type="link" onClick={back}>
        {t("knowledgeBack")}
      </Button>
      <Problem error={error} />
      <h3 className={styles["articleTitle"]}>{text?.title}</h3>
      <p className={styles["say"]}>{text?.spoken}</p>
      <p className={styles["body"]}>{text?.body}</p>
    </article>
  );
};

export const Knowledge = () => {
  const t = deskWords.useWords();
  const [typed, setTyped] = useState("");
  const [code, setCode] = useState<string>();
  const input = useRef<InputRef>(null);
  const asked = useDeferredValue(typed.trim());
  useShortcut("k", t("keysKnowledge"), () => input.current?.focus({ cursor: "all" }));
  const { data, error } = api.useQuery(
    "post",
    "/knowledge/search",
    { body: { q: asked, language: language(), limit: 20 } },
    { placeholderData: (before) => before },
  );
  return (
    <section className={styles["panel"]} aria-label={t("knowledge")}>
      <h2>{t("knowledge")}</h2>
      <Input.Search
        ref={input}
        aria-label={t("knowledgeFind")}
        placeholder={`${t("knowledgeFind")} (k)`}
        value={typed}
        maxLength={100}
        onChange={(event) => {
          setTyped(event.target.value);
          setCode(undefined);
        }}
      />
      <Problem error={error} />
      {code === undefined ? (
        <ul className={styles["articles"]}>
          {(data?.items ?? []).map((item) => (
            <li key={item.code}>
              <button type="button" onClick={() => setCode(item.code)}>
                {item.title}
              </button>
            </li>
          ))}
          {data !== undefined && data.items.length === 0 ? (
            <li className={styles["quiet"]}>{t("knowledgeNone")}</li>
          ) : null}
        </ul>
      ) : (
        <Article code={code} back={() => setCode(undefined)} />
      )}
    </section>
  );
};
