/** The alert of one publication that failed; a retry or a cancel resolves it. */
export const failureKey = (publicationId: string): string => `publication:${publicationId}:failed`;
