/** Who looks after the community and is told of each test in it; set and changed here, by whoever plans. */
import { Button, Form, Input, Popover } from "antd";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { useMay } from "#web/api/session.ts";
import { useCodes } from "#web/words/codes.ts";
import { readTestAgain } from "./about-test.ts";
import styles from "./pressure.module.css";
import { isStage, STAGE_WORDS, type Test } from "./states.ts";
import { words } from "./words.ts";

const FirmForm = ({ test, done }: { test: Test; done: () => void }) => {
  const t = words.useWords();
  const [name, setName] = useState(test.propertyFirm?.name ?? "");
  const [number, setNumber] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isReady = name.trim() !== "" && number.trim() !== "";
  const save = async (): Promise<void> => {
    if (!isReady || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await call.PUT("/network/communities/{id}/property-firm", {
        params: { path: { id: test.communityId } },
        body: { name: name.trim(), number: number.normalize("NFKC").trim() },
      });
      await readTestAgain();
      done();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form layout="vertical" className={styles["small"] ?? ""} onFinish={() => void save()}>
      <p className={styles["quiet"]}>{t("firmAbout", { community: test.community })}</p>
      <Form.Item label={t("firmName")} htmlFor="firm-name">
        <Input
          id="firm-name"
          autoFocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Form.Item>
      <Form.Item label={t("firmNumber")} htmlFor="firm-number" extra={t("firmNumberHint")}>
        <Input
          id="firm-number"
          inputMode="tel"
          maxLength={20}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" disabled={!isReady} loading={isBusy}>
        {t("firmSave")}
      </Button>
      <Problem error={error} />
    </Form>
  );
};

export const PropertyFirm = ({ test }: { test: Test }) => {
  const t = words.useWords();
  const word = useCodes();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const firm = test.propertyFirm;
  return (
    <>
      {firm === null ? t("noFirm") : `${firm.name} ${firm.number}`}{" "}
      {may("pressure-test.write") ? (
        <Popover
          trigger="click"
          open={open}
          onOpenChange={setOpen}
          destroyOnHidden
          title={t("firm")}
          content={<FirmForm test={test} done={() => setOpen(false)} />}
        >
          <Button size="small">{t(firm === null ? "firmSet" : "firmChange")}</Button>
        </Popover>
      ) : null}
      {(firm?.told ?? []).map((one) => (
        <div key={`${one.windowNo} ${one.stage} ${one.at}`} className={styles["quiet"]}>
          {isStage(one.stage) ? t(STAGE_WORDS[one.stage]) : one.stage} · {word("message", one.state)}{" "}
          {dateTime(one.at)}
        </div>
      ))}
    </>
  );
};
