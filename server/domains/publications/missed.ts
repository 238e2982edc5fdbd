/** The kind of the action that asks what to do with what was missed. Its subject is one publication, or many of them. */
export const MISSED_ACTION = 'publication_missed';
