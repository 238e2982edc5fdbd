/** Key of the alert that an approval could not be granted at its deadline because the plan had no capacity left. */
export const quotaFullAlert = (approvalId: string): string => `approval:${approvalId}:no-room`;
