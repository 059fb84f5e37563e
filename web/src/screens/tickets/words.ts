import { defineWords } from "#web/words/words.ts";

export const words = defineWords("tickets", {
  "zh-CN": {
    title: "工单",
    no: "工单号",
    summary: "内容",
    category: "类别",
    state: "状态",
    owner: "负责人",
    opened: "受理时间",
    due: "时限",
    place: "地址",
    empty: "没有符合条件的工单。可以放宽筛选，或按 n 新建。",
  },
  en: {
    title: "Cases",
    no: "Case",
    summary: "What",
    category: "Category",
    state: "State",
    owner: "Owner",
    opened: "Opened",
    due: "Due",
    place: "Address",
    empty: "No case fits. Widen the filter, or press n for a new one.",
  },
});
