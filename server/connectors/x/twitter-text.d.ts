/** The modules of twitter-text that are used. Its published types describe only the whole package, which includes much more. */

declare module 'twitter-text/dist/hasInvalidCharacters.js' {
  const hasInvalidCharacters: (text: string) => boolean;
  export default hasInvalidCharacters;
}

declare module 'twitter-text/dist/parseTweet.js' {
  const parseTweet: (text: string) => { weightedLength: number; valid: boolean; permillage: number };
  export default parseTweet;
}

declare module 'twitter-text/dist/lib/idna.js' {
  /** `toAscii` returns undefined for a domain with an invalid label, and otherwise the domain unchanged. */
  const idna: { toAscii: (domain: string) => string | undefined };
  export default idna;
}

declare module 'twitter-text/dist/regexp/*' {
  const pattern: RegExp;
  export default pattern;
}

declare module 'twitter-text/dist/extractUrlsWithIndices.js' {
  /** Offsets are UTF-16 code units. Takes quadratic time, so it is only for texts whose length is limited. */
  const extractUrlsWithIndices: (text: string) => { url: string; indices: [number, number] }[];
  export default extractUrlsWithIndices;
}
