/** The names of pages in the menu. */
import { defineWords } from "./words.ts";

export const nav = defineWords("nav", {
  "zh-CN": {
    menu: "菜单",
    main: "主菜单",
    skip: "跳到内容",
    tickets: "工单",
    desk: "坐席台",
    hotline: "热线",
    calls: "回拨与通话",
    lineBoard: "线路板",
    counter: "柜台",
    takeMoney: "收款",
    shift: "班次",
    receipts: "收据",
  },
  en: {
    menu: "Menu",
    main: "Main menu",
    skip: "Skip to the content",
    tickets: "Cases",
    desk: "Desk",
    hotline: "Hotline",
    calls: "Call-backs and calls",
    lineBoard: "Line board",
    counter: "Counter",
    takeMoney: "Take money",
    shift: "Shift",
    receipts: "Receipts",
  },
});
