import { defineWords } from "#web/words/words.ts";

/** What a visit to a home can end with. */
export const outcomes = defineWords("area-outcomes", {
  "zh-CN": {
    repaired: "已修复",
    "no-fault": "未见故障",
    "not-ours": "非我方责任",
    measured: "已测温",
    "not-home": "无人在家",
    "follow-up": "需再来",
    opened: "已开阀",
    "already-open": "阀门原已开",
    compared: "现场记录：{{reported}}；系统记录：{{recorded}}",
  },
  en: {
    repaired: "Repaired",
    "no-fault": "No fault found",
    "not-ours": "Not our part",
    measured: "Measured",
    "not-home": "Nobody at home",
    "follow-up": "To be continued",
    opened: "Opened",
    "already-open": "Was open",
    compared: "From the door: {{reported}}; on record: {{recorded}}",
  },
});
