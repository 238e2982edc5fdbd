// Helpers for texts of files: lists of lines of which some are left out.

/** Joins lines. Those that are false, null or undefined are left out; lists are taken apart. */
export const lines = (...all) =>
  `${all
    .flat(Number.POSITIVE_INFINITY)
    .filter((line) => line !== false && line !== null && line !== undefined)
    .join('\n')}\n`;

/** A comment that says what still has to come from the vendor's documents. The compliance suite finds what is left of them. */
export const fillIn = (what) => `// FILL IN: ${what}`;
