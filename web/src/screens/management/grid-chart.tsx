/** A grid as a picture. Nothing stands in it that the table beside it does not say. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { Grid } from "./figures.ts";
import styles from "./management.module.css";
import { words } from "./words.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, CanvasRenderer]);

const COLOURS = ["#1f5fa8", "#98a2b3", "#c8502b"];

/** Yuan in ten thousands: what an axis has room for. */
const plotted = (kind: string, value: string | number | null): number | null =>
  typeof value !== "number" ? null : kind === "fen" ? Math.round(value / 1_000_000) : value;

export const GridChart = ({
  grid,
  kind,
  title,
  columns,
}: {
  grid: Grid;
  kind: "line" | "bar";
  title: string;
  columns: readonly { readonly code: string; readonly name: string }[];
}) => {
  const t = words.useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null) return;
    const chart = init(box.current);
    const shown = columns.map(({ code, name }) => {
      const index = grid.columns.findIndex((column) => column.code === code);
      const of = grid.columns[index]?.kind ?? "count";
      return { name, data: grid.rows.map((row) => plotted(of, row.cells[index]?.value ?? null)) };
    });
    const isMoney = columns.some(
      ({ code }) => grid.columns.find((column) => column.code === code)?.kind === "fen",
    );
    chart.setOption({
      animation: false,
      color: COLOURS,
      grid: { left: 56, right: 12, top: 32, bottom: 24 },
      legend: { top: 4, itemHeight: 8 },
      xAxis: { type: "category", data: grid.rows.map((row) => row.label.slice(5)) },
      yAxis: { type: "value", name: isMoney ? t("tenThousand") : "", nameGap: 8 },
      series: shown.map(({ name, data }) =>
        kind === "line"
          ? { type: "line", name, data, showSymbol: false }
          : { type: "bar", stack: "all", name, data },
      ),
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [grid, kind, columns, t]);
  return <div ref={box} className={styles["chart"]} role="img" aria-label={t("chart", { title })} />;
};
