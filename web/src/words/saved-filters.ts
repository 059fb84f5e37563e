/** Words of filters that people keep. */
import { defineWords } from "./words.ts";

export const savedFilters = defineWords("saved-filters", {
  "zh-CN": {
    choose: "常用筛选",
    keep: "保存筛选",
    name: "筛选名称",
    drop: "删除这个常用筛选",
  },
  en: {
    choose: "Saved filters",
    keep: "Keep this filter",
    name: "Name of the filter",
    drop: "Throw this filter away",
  },
});
