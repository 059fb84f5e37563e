/** What an export asks for. */
import { defineWords } from "./words.ts";

export const exporting = defineWords("exporting", {
  "zh-CN": {
    export: "导出",
    title: "导出表格",
    purpose: "用途",
    purposeHint: "至少 4 个字，例如：周例会材料",
    format: "格式",
    take: "导出",
    cancel: "取消",
    gathering: "正在汇总，请稍候…",
    coming: "正在接收：{{size}}",
    watermark: "文件首行写明导出人、时间和用途，并记入审计。",
  },
  en: {
    export: "Export",
    title: "Take the table along",
    purpose: "What for",
    purposeHint: "Four characters at least, for example: weekly meeting",
    format: "Format",
    take: "Export",
    cancel: "Cancel",
    gathering: "Being gathered…",
    coming: "Coming in: {{size}}",
    watermark: "The first row of the file says who took it, when and what for; so does the audit.",
  },
});
