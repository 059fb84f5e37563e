/** Words of what is masked and shown for a reason. */
import { defineWords } from "./words.ts";

export const masked = defineWords("masked", {
  "zh-CN": {
    show: "查看",
    showWhat: "查看{{what}}",
    why: "查看原因",
    counted: "会计数并记入审计",
    callBack: "回电联系",
    checkIdentity: "核对身份",
    visit: "上门联系",
    correct: "更正资料",
    hides: "一分钟后自动隐藏",
    name: "姓名",
    phone: "电话",
    mail: "邮箱",
    caller: "来电人",
  },
  en: {
    show: "Show",
    showWhat: "Show the {{what}}",
    why: "What for",
    counted: "It is counted and audited",
    callBack: "To call back",
    checkIdentity: "To check who it is",
    visit: "To arrange a visit",
    correct: "To correct our records",
    hides: "Hidden again after a minute",
    name: "name",
    phone: "number",
    mail: "mail address",
    caller: "caller",
  },
});
