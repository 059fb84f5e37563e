/** A receipt by the number on its paper. */
import { useNavigate } from "@tanstack/react-router";
import { Input } from "antd";
import { useState } from "react";
import { api } from "#web/api/client.ts";
import { Problem } from "#web/furniture/problem.tsx";
import { words } from "./words.ts";

/** `looked`: whether what is asked for is there; false already while it is looked for. */
export const FindReceipt = ({ looked }: { looked?: (isThere: boolean) => void }) => {
  const t = words.useWords();
  const navigate = useNavigate();
  const search = api.useMutation("post", "/search");
  const [typed, setTyped] = useState("");
  const look = async (): Promise<void> => {
    const q = typed.normalize("NFKC").trim();
    if (q === "") return;
    looked?.(false);
    const { groups } = await search.mutateAsync({ body: { q, limit: 5 } });
    const found = groups.flatMap((group) => (group.kind === "receipts" ? group.items : []))[0];
    if (found === undefined) return;
    await navigate({ to: "/receipts/$receiptId", params: { receiptId: found.id } });
    looked?.(true);
  };
  const isNothing =
    search.data !== undefined &&
    !search.data.groups.some(({ kind, items }) => kind === "receipts" && items.length > 0);
  return (
    <>
      <Input
        autoFocus
        aria-label={t("receiptFind")}
        placeholder={t("receiptFind")}
        value={typed}
        maxLength={40}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={() => void look().catch(() => undefined)}
      />
      <Problem error={search.error} />
      {isNothing ? <p role="status">{t("receiptUnknown")}</p> : null}
    </>
  );
};
