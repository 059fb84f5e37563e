/** A board of some days and an area: its bar, its figures, and what refuses them. */
import { PageBar } from "#web/furniture/page-bar.tsx";
import { Problem } from "#web/furniture/problem.tsx";
import { SavedFilters } from "#web/furniture/saved-filters.tsx";
import type { ComponentProps } from "react";
import { AreaChoice, DaySpan } from "./filters.tsx";
import { ReportView } from "./report-view.tsx";

type Said = ComponentProps<typeof ReportView>["said"];
type Shown = Pick<Said, "words" | "values"> & {
  readonly asOf: string;
  readonly from: string;
  readonly to: string;
  readonly report: ComponentProps<typeof ReportView>["report"];
};

type Props = {
  readonly title: string;
  readonly shown: Shown | undefined;
  readonly area: string | undefined;
  readonly narrow: ComponentProps<typeof AreaChoice>["onChange"] & ComponentProps<typeof DaySpan>["onChange"];
  readonly error: unknown;
  readonly again: () => void;
};

export const ReportPage = ({ title, shown, area, narrow, error, again }: Props) => (
  <>
    <PageBar title={title} asOf={shown?.asOf}>
      {shown === undefined ? null : <DaySpan from={shown.from} to={shown.to} onChange={narrow} />}
      <AreaChoice area={area} onChange={narrow} />
      <SavedFilters except={["from", "to"]} />
    </PageBar>
    <Problem error={error} again={again} />
    {shown === undefined ? null : (
      <ReportView
        report={shown.report}
        said={{
          words: shown.words,
          values: shown.values,
          params: { from: shown.from, to: shown.to, ...(area === undefined ? {} : { area }) },
        }}
      />
    )}
  </>
);
