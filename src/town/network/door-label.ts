/** How people name a door behind a stairwell, and in which order one walks past them. SQL, for lists and messages. */

/**
 * `3层东户`, `1302`, `附1号`: with its floor, unless the door's number already says which floor it is on or it stands on the street.
 * There is a 东户 on each floor, and a floor is written `3` in some rolls and `3层` in others.
 * @param home alias of premises
 */
export const doorLabel = (home: string): string => `(case
    when ${home}.floor = '' or ${home}.door like '附%' or ${home}.door ~ '[0-9][0-9][0-9]' then ${home}.door
    when ${home}.floor ~ '[0-9]$' then ${home}.floor || '层' || ${home}.door
    else ${home}.floor || ${home}.door end)`;

/** Floors upwards from the cellar, the doors of a floor together; what opens on the street comes first. @param home alias of premises */
export const walkingOrder = (home: string): string => `${home}.door not like '附%',
    (case when ${home}.floor ~ '^(-|负|B|b)' then -1 else 1 end)
      * coalesce(substring(${home}.floor from '[0-9]{1,4}')::integer, 0),
    length(${home}.door), ${home}.door`;

/** 2单元 before 10单元. @param unit alias of units */
export const stairwellOrder = (unit: string): string =>
  `coalesce(substring(${unit}.name from '[0-9]{1,4}')::integer, 0), ${unit}.name, ${unit}.id`;
