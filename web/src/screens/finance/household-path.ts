/** Where a household is shown: a page of another area. */
export const householdPath = (accountNo: string): string => `/households/${accountNo}`;
