/** Every shift at the counters: what should be in the drawer, what was counted, and why they differ. */
import { Button, Segmented, Tag } from "antd";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "#web/api/client.ts";
import type { Item } from "#web/api/types.ts";
import { DataTable } from "#web/furniture/data-table.tsx";
import { dateTime, timeOf } from "#web/furniture/format.ts";
import { Money } from "#web/furniture/money.tsx";
import { PageBar } from "#web/furniture/page-bar.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import { usePages } from "#web/furniture/use-pages.ts";
import type { ColumnsType } from "#web/furniture/table.tsx";
import { useMay } from "#web/api/session.ts";
import { CloseInPlace } from "./close-in-place.tsx";
import { inPlace } from "./words-in-place.ts";
import { lists } from "./words-lists.ts";

type Shift = Item<"/shifts">;
type Which = "all" | "open" | "closed";

const difference = (shift: Shift): number | null =>
  shift.countedCashFen === null || shift.expectedCashFen === null
    ? null
    : shift.countedCashFen - shift.expectedCashFen;

export const Shifts = () => {
  const t = lists.useWords();
  const say = inPlace.useWords();
  const may = useMay();
  const [closing, setClosing] = useState<string | null>(null);
  const navigate = useNavigate();
  const { state = "all" } = useSearch({ from: "/inside/finance/shifts" });
  const data = usePages(["get", "/shifts", state], (cursor) =>
    call
      .GET("/shifts", {
        params: {
          query: { ...(state === "all" ? {} : { state }), ...(cursor === undefined ? {} : { cursor }) },
        },
      })
      .then((answer) => answer.data),
  );
  const money = (title: string, of: (shift: Shift) => number | null): ColumnsType<Shift>[number] => ({
    title,
    align: "right",
    render: (_, shift) => <Money fen={of(shift)} sign={false} />,
  });
  const columns: ColumnsType<Shift> = [
    { title: t("day"), dataIndex: "businessDay" },
    { title: t("till"), dataIndex: "till" },
    { title: t("cashier"), dataIndex: "cashier" },
    { title: t("state"), render: (_, shift) => <Tag>{t(`shift.${shift.state}`)}</Tag> },
    { title: t("opened"), render: (_, shift) => timeOf(shift.openedAt) },
    { title: t("closed"), render: (_, shift) => dateTime(shift.closedAt) },
    money(t("cashExpected"), (shift) => shift.expectedCashFen),
    money(t("cashCounted"), (shift) => shift.countedCashFen),
    money(t("difference"), difference),
    money(t("posExpected"), (shift) => shift.expectedPosFen),
    money(t("posTotal"), (shift) => shift.posTotalFen),
    { title: t("slip"), dataIndex: "depositSlipNo" },
    {
      title: t("why"),
      render: (_, shift) =>
        [
          shift.differenceReason,
          shift.closedInPlaceBy === null ? null : t("inPlace", { who: shift.closedInPlaceBy }),
        ]
          .filter((part) => part !== null && part !== "")
          .join(" · "),
    },
    ...(may("shift.close-for-cashier")
      ? [
          {
            title: "",
            key: "close",
            render: (_: unknown, shift: Shift) =>
              shift.state === "open" ? (
                <Button
                  size="small"
                  aria-label={`${say("open")} ${shift.till} ${shift.cashier}`}
                  onClick={() => setClosing(shift.id)}
                >
                  {say("open")}
                </Button>
              ) : null,
          },
        ]
      : []),
  ];
  return (
    <>
      <PageBar title={t("shifts")} readAt={data.readAt}>
        <Segmented<Which>
          aria-label={t("state")}
          value={state}
          onChange={(value) =>
            void navigate({
              to: "/finance/shifts",
              search: value === "all" ? {} : { state: value },
              replace: true,
            })
          }
          options={(["all", "open", "closed"] as const).map((value) => ({
            value,
            label: t(`shift.${value}`),
          }))}
        />
        <SavedFilters />
      </PageBar>
      <DataTable
        data={data}
        rowKey={(shift) => shift.id}
        columns={columns}
        label={t("shifts")}
        empty={t("noShifts")}
      />
      {closing === null ? null : (
        <CloseInPlace key={closing} shiftId={closing} close={() => setClosing(null)} />
      )}
    </>
  );
};
