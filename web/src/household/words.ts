/** The words of the household's page that more than one of its parts uses, and those of its start. */
import { defineWords } from "#web/words/words.ts";

export const words = defineWords("household", {
  "zh-CN": {
    product: "我家供暖",
    language: "English",
    larger: "大字",
    smaller: "标准字",
    back: "返回",
    hotline: "客服热线 {{number}}",
    start: "我家供暖",
    signOut: "退出",
    ended: "登录已结束，请重新登录。没有提交的内容还在。",
    newsCard: "停热、试压、通知",
    newsText: "按小区和楼栋查询，不用登录。",
    newsGo: "查看我的楼栋",
    homes: "我的房屋",
    owed: "应缴 {{amount}} 元",
    owedNothing: "没有欠费",
    addHome: "再绑定一处房屋",
    payOther: "替别人缴费",
    myOrders: "线上缴费记录",
    noHomes: "这部手机现在没有绑定的房屋。请用户号和验证码重新绑定。",
    paperOnly:
      "您是凭卡号或收据号登录的，只能查看这一户、缴费和报修。登记的手机号不对时，请在“报修和诉求”里选“更正登记信息”。",
    addressFrom: "{{time}} 起可以再试。这个网络上试得太多；换一个网络（如改用手机流量）现在就能试。",
    againFrom: "{{time}} 起可以再试。等不及请拨打客服热线，核对身份后可以解除。",
    notFound: "没有这个页面",
  },
  en: {
    product: "My heating",
    language: "中文",
    larger: "Larger",
    smaller: "Normal",
    back: "Back",
    hotline: "Hotline {{number}}",
    start: "My heating",
    signOut: "Sign out",
    ended: "You were signed out; please sign in again. What you had not sent is still here.",
    newsCard: "Outages, pressure tests, notices",
    newsText: "By community and building, without signing in.",
    newsGo: "See my building",
    homes: "My homes",
    owed: "{{amount}} yuan to pay",
    owedNothing: "Nothing to pay",
    addHome: "Add another home",
    payOther: "Pay for somebody else",
    myOrders: "Online payments",
    noHomes: "No home is bound to this telephone now. Bind one with its account number and a code.",
    paperOnly:
      "You signed in by card or receipt: you can see this home, pay, and report a fault. Where the registered telephone is wrong, choose “Correct what is registered” under faults and questions.",
    addressFrom:
      "Try again from {{time}}. Too much was tried from this network; from another one (mobile data, say) you can try now.",
    againFrom:
      "Try again from {{time}}. If you cannot wait, call the hotline: it lifts this once it knows who you are.",
    notFound: "There is no such page",
  },
});
