/** Key of the alert about a failed publication. A retry or a cancellation resolves it. */
export const failureKey = (publicationId: string): string => `publication:${publicationId}:failed`;
/** Key of the reminder about a post that a person was asked to make. It ends with the task (db/parts.sql). */
export const byHandKey = (publicationId: string): string => `publication:${publicationId}:by-hand`;
