/** Key of the alert about a failed publication. A retry or a cancellation resolves it. */
export const failureKey = (publicationId: string): string => `publication:${publicationId}:failed`;
