/** The alert of one publication's pictures. */
export const mediaKey = (publicationId: string): string => `media:${publicationId}`;
