/** A grid as a picture. Nothing stands in it that the table beside it does not say. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { axisMark, pointOf, sayPoint } from "./chart-points.ts";
import type { Grid } from "./figures.ts";
import styles from "./management.module.css";
import { words } from "./words.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const COLOURS = ["#1f5fa8", "#98a2b3", "#c8502b"];

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
    const indexOf = (code: string) => grid.columns.findIndex((column) => column.code === code);
    const shown = columns.map(({ code, name }) => ({
      name,
      data: grid.rows.map((row) => pointOf(row.cells[indexOf(code)]?.value ?? null)),
    }));
    const isMoney = columns.some(({ code }) => grid.columns[indexOf(code)]?.kind === "fen");
    const unit = isMoney ? "fen" : "count";
    chart.setOption({
      animation: false,
      color: COLOURS,
      grid: { left: 56, right: 12, top: 32, bottom: 24 },
      legend: { top: 4, itemHeight: 8 },
      xAxis: { type: "category", data: grid.rows.map((row) => row.label.slice(5)) },
      yAxis: {
        type: "value",
        name: isMoney ? t("tenThousand") : "",
        nameGap: 8,
        axisLabel: { formatter: (value: number) => axisMark(unit, value) },
      },
      // Painted, not written: the page's policy allows no style of its own in what is written.
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        valueFormatter: (value: unknown) => sayPoint(unit, value),
      },
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
