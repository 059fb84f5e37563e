/** Documents of an invented company and invented people, for tests and for looking at. */
import { areaMilliM2, parseAreaM2 } from "#src/kernel/area.ts";
import { day } from "#src/kernel/day.ts";
import { fen, parseYuan } from "#src/kernel/money.ts";
import { parsePriceYuan } from "#src/kernel/rate.ts";
import type {
  BillDocument,
  CaseDocument,
  ReceiptDocument,
  TemperatureSlipDocument,
  WorkOrderDocument,
} from "#src/office/documents/index.ts";

export const company = {
  name: "暖阳市热力有限公司",
  hotline: "0371-12345678",
  address: "暖阳市供热路 1 号",
  website: "https://heat.example",
};

export const sampleBill = (changes: Partial<BillDocument> = {}): BillDocument => ({
  kind: "bill",
  paper: "a4",
  company,
  billNo: "B2026-0001234",
  issuedOn: day("2026-09-01"),
  accountNo: "01020304005",
  ownerName: "䶮㛃𬴂𠮷",
  address: "暖阳市金水区花园路 88 号春晖小区 3 号楼 2 单元 1203 室",
  seasonName: "2026-2027",
  seasonFrom: day("2026-11-15"),
  seasonThrough: day("2027-03-14"),
  lines: [
    {
      kind: "formula",
      description: "居民 · 套内面积",
      areaMilliM2: parseAreaM2("88.37"),
      priceMicroYuan: parsePriceYuan("0.19"),
      priceUnit: "day",
      days: 120,
      shareBasisPoints: 10_000n,
      amountFen: parseYuan("2014.84"),
    },
    {
      kind: "formula",
      description: "地下室 · 套内面积（减半）",
      areaMilliM2: parseAreaM2("10"),
      priceMicroYuan: parsePriceYuan("0.19"),
      priceUnit: "day",
      days: 120,
      shareBasisPoints: 5_000n,
      amountFen: parseYuan("114.00"),
    },
    {
      kind: "amount",
      description: "上季测温退费抵扣",
      reason: "测温单 T-2026-0311",
      amountFen: parseYuan("-76.84"),
    },
  ],
  tariffBasis: "市发改委关于集中供热价格的通知（2026 年第 7 号）",
  totalFen: parseYuan("2052.00"),
  paidFen: parseYuan("1000.00"),
  dueFen: parseYuan("1052.00"),
  payBy: day("2026-11-10"),
  howToPay: [
    "微信、支付宝：搜索“暖阳热力”，进入生活缴费，输入户号。",
    "银行：各合作银行网点、手机银行，凭户号办理；已签约代扣的用户请保证账户余额充足。",
    "营业厅：供热路 1 号，周一至周日 8:30—17:30，仅收银行卡。",
  ],
  notes: ["请核对户主与用热面积，有误请在缴费前致电客服热线。", "缴费后未开阀的，请在三日内联系片区专管员。"],
  printedAt: "2026-10-08 09:31",
  reprintCount: 0,
  voided: false,
  ...changes,
});

export const sampleReceipt = (changes: Partial<ReceiptDocument> = {}): ReceiptDocument => ({
  kind: "receipt",
  paper: "a5",
  company,
  receiptNo: "SJ2026-00004711",
  payerName: "欧阳喆堃",
  paidAt: "2026-11-10 09:30:12",
  lines: [
    {
      accountNo: "01020304005",
      ownerName: "䶮㛃𬴂𠮷",
      address: "花园路 88 号春晖小区 3-2-1203",
      seasonName: "2026-2027",
      billNo: "B2026-0001234",
      item: "heating",
      amountFen: parseYuan("2052.00"),
      stillDueFen: null,
    },
    {
      accountNo: "01020304006",
      ownerName: "阿卜杜热合曼·买买提吐尔逊",
      address: "花园路 88 号春晖小区 3-2-1204",
      seasonName: "2025-2026",
      billNo: "B2025-0009876",
      item: "heating",
      amountFen: parseYuan("500.00"),
      stillDueFen: parseYuan("1234.56"),
    },
    {
      accountNo: "01020304006",
      ownerName: "阿卜杜热合曼·买买提吐尔逊",
      address: "",
      seasonName: "2026-2027",
      billNo: "",
      item: "prepaid",
      amountFen: parseYuan("100.05"),
      stillDueFen: null,
    },
  ],
  tenders: [
    { kind: "card", amountFen: parseYuan("2552.05"), reference: "POS 032211" },
    { kind: "cash", amountFen: parseYuan("100.00"), reference: "" },
  ],
  totalFen: parseYuan("2652.05"),
  cashierName: "王彧龑",
  shiftNo: "2026-11-10-A-03",
  counterName: "金水营业厅 2 号窗口",
  note: "",
  printedAt: "2026-11-10 09:31",
  reprintCount: 0,
  voided: null,
  ...changes,
});

/** A bill of many lines, for a second page. */
export const longBill = (count: number): BillDocument =>
  sampleBill({
    lines: Array.from({ length: count }, (_, index) => ({
      kind: "formula" as const,
      description: `商业 · ${index + 1} 号铺`,
      areaMilliM2: areaMilliM2(100_000n),
      priceMicroYuan: parsePriceYuan("0.25"),
      priceUnit: "day" as const,
      days: 120,
      shareBasisPoints: 10_000n,
      amountFen: fen(300_000n),
    })),
    totalFen: fen(300_000n * BigInt(count)),
    paidFen: fen(0n),
    dueFen: fen(300_000n * BigInt(count)),
  });

const link = "https://heat.example/work-orders/4711";

export const sampleOrder = (changes: Partial<WorkOrderDocument> = {}): WorkOrderDocument => ({
  kind: "work-order",
  paper: "a4",
  company,
  orderNo: "W004711",
  orderKind: "repair",
  link,
  openedAt: "2026-11-15 08:12",
  accountNo: "01020304005",
  contactName: "欧阳喆堃",
  contactNumber: "13800000001",
  address: "暖阳市金水区花园路 88 号春晖小区 3 号楼 2 单元 1203 室",
  summary: "主卧暖气片接口渗水，已自行关阀",
  ticketNos: ["100017", "100024"],
  crewName: "东区维修一班",
  slot: "2026-11-15 14:00 - 16:00",
  visitNo: 2,
  printedAt: "2026-11-15 08:15",
  reprintCount: 0,
  voided: false,
  ...changes,
});

export const sampleSlip = (changes: Partial<TemperatureSlipDocument> = {}): TemperatureSlipDocument => ({
  kind: "temperature-slip",
  paper: "a4",
  company,
  orderNo: "W004712",
  link,
  accountNo: "01020304005",
  contactName: "䶮㛃𬴂𠮷",
  address: "花园路 88 号春晖小区 3-2-1203",
  slip: {
    slipNo: "1",
    instrumentNo: "CW-0193",
    calibratedOn: day("2026-09-20"),
    measuredAt: "2026-11-23 15:05",
    outdoor: "-3.5",
    windows: "closed-30-min",
    readings: [
      { room: "客厅", heightCm: 120, degrees: "16.8" },
      { room: "主卧", heightCm: 120, degrees: "19.2" },
    ],
    opinion: "同意测量结果",
    measurerName: "王彧龑",
    signatureName: "欧阳喆堃",
    signatureKind: "image",
  },
  printedAt: "2026-11-23 15:20",
  reprintCount: 0,
  ...changes,
});

export const sampleCase = (changes: Partial<CaseDocument> = {}): CaseDocument => ({
  kind: "case",
  paper: "a5",
  company,
  ticketNo: "100017",
  link: "https://heat.example/tickets/100017",
  openedAt: "2026-11-15 08:10",
  category: "故障报修 / 漏水",
  accountNo: "01020304005",
  callerName: "欧阳喆堃",
  callerNumber: "13800000001",
  address: "花园路 88 号春晖小区 3-2-1203",
  summary: "主卧暖气片接口渗水",
  takenBy: "客服小暖",
  printedAt: "2026-11-15 08:15",
  reprintCount: 0,
  ...changes,
});
