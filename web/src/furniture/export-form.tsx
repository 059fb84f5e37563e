/** What every table to take along asks for: what for, and which sort of file. */
import { Alert, Form, Input, Radio } from "antd";
import { useState } from "react";
import { exporting } from "#web/words/exporting.ts";

export type ExportWish = { readonly purpose: string; readonly format: "csv" | "xlsx" };

const SHORTEST_PURPOSE = 4;

/** What is typed, and whether it is enough. */
export const useExportWish = () => {
  const [wish, setWish] = useState<ExportWish>({ purpose: "", format: "xlsx" });
  const purpose = wish.purpose.trim();
  return { wish, setWish, said: { ...wish, purpose }, isSaid: purpose.length >= SHORTEST_PURPOSE };
};

type Props = {
  readonly wish: ExportWish;
  readonly change: (wish: ExportWish) => void;
  readonly send: () => void;
};

export const ExportForm = ({ wish, change, send }: Props) => {
  const t = exporting.useWords();
  return (
    <>
      <Form layout="vertical" onFinish={send}>
        <Form.Item label={t("purpose")} htmlFor="export-purpose" extra={t("purposeHint")}>
          <Input
            id="export-purpose"
            autoFocus
            maxLength={200}
            value={wish.purpose}
            onChange={(event) => change({ ...wish, purpose: event.target.value })}
          />
        </Form.Item>
        <Form.Item label={t("format")}>
          <Radio.Group
            value={wish.format}
            onChange={(event) => change({ ...wish, format: event.target.value as ExportWish["format"] })}
            options={[
              { value: "xlsx", label: "XLSX" },
              { value: "csv", label: "CSV" },
            ]}
          />
        </Form.Item>
      </Form>
      <Alert type="info" title={t("watermark")} />
    </>
  );
};
