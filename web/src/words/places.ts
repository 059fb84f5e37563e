/** Words of choosing places in the network and the town. */
import { defineWords } from "./words.ts";

export const placeWords = defineWords("places", {
  "zh-CN": {
    network: "热源、换热站、环路",
    networkHint: "逐级选择，选到哪一级就按哪一级",
    town: "小区、楼栋",
    townHint: "输入名称查找",
    area: "片区",
    chosen: "已选",
    none: "还没有选择",
    remove: "去掉 {{name}}",
    typeToFind: "输入小区或楼栋名称",
    heatSourceIds: "热源",
    stationIds: "换热站",
    loopIds: "环路",
    communityIds: "小区",
    buildingIds: "楼栋",
    areaIds: "片区",
  },
  en: {
    network: "Heat source, station, loop",
    networkHint: "Step by step; what you stop at is taken",
    town: "Community, building",
    townHint: "Type a name",
    area: "Area",
    chosen: "Chosen",
    none: "Nothing chosen yet",
    remove: "Take {{name}} out",
    typeToFind: "Type the name of a community or building",
    heatSourceIds: "Heat source",
    stationIds: "Station",
    loopIds: "Loop",
    communityIds: "Community",
    buildingIds: "Building",
    areaIds: "Area",
  },
});
