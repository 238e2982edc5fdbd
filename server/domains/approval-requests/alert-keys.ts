/** The alert that an approval could not be given at its deadline, because the plan had no room. */
export const quotaFullAlert = (approvalId: string): string => `approval:${approvalId}:no-room`;
