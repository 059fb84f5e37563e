/** How a list shows tests. */
import type { Item } from "#web/api/types.ts";
import { dateTime } from "#web/furniture/format.ts";
import { Mark } from "#web/furniture/mark.tsx";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { STATE_TONES, windowOf } from "./states.ts";
import { words } from "./words.ts";

export const useTestColumns = (): ColumnsType<Item<"/pressure-tests">> => {
  const t = words.useWords();
  return [
    { title: t("no"), dataIndex: "testNo" },
    { title: t("building"), render: (_, row) => `${row.community}${row.building}` },
    { title: t("kind"), isWide: true, render: (_, row) => t(`kind.${row.kind}`) },
    { title: t("window"), render: (_, row) => windowOf(row, dateTime) },
    {
      title: t("state"),
      render: (_, row) => <Mark tone={STATE_TONES[row.state]}>{t(`state.${row.state}`)}</Mark>,
    },
  ];
};
