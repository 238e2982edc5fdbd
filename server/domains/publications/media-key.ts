/** Key of the alert about the media of a publication. */
export const mediaKey = (publicationId: string): string => `media:${publicationId}`;
