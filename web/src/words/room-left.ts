/** What a field says of its length. */
import { defineWords } from "./words.ts";

export const roomLeft = defineWords("room-left", {
  "zh-CN": {
    count: "{{length}}/{{most}} 字",
    full: "{{length}}/{{most}} 字，已写满，再写的不会记下",
    refused:
      "没有粘贴：有 {{length}} 字，这里还能写 {{room}} 字（最多 {{most}} 字）。请分段，或只粘贴要紧的。",
    over: "{{length}} 字，超过了 {{most}} 字，请删减后再提交",
  },
  en: {
    count: "{{length}} of {{most}}",
    full: "{{length}} of {{most}}: full, and what is typed now is not kept",
    refused:
      "Not pasted: it has {{length}} characters, and there is room for {{room}} (at most {{most}}). Paste a part of it.",
    over: "{{length}} characters, more than the {{most}} it may have; shorten it before you send it",
  },
});
