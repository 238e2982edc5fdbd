/** Kind of the action that asks what to do with missed posts. Its subject is one publication or several. */
export const MISSED_ACTION = 'publication_missed';
