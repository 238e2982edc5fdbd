/**
 * Limits of one account, or of the server that it is on, where they differ from the manifest's. What is missing is as the manifest says; null
 * for a kind of media means that the account cannot post any.
 */
export interface OwnLimits {
  /** Maximum length of a text, as the platform counts it. */
  readonly characters?: number;
  /** As how many characters a link counts, however long it is. Only for platforms whose text rules have such a number. */
  readonly linkCharacters?: number;
  readonly pictures?: {
    readonly most?: number;
    readonly bytes?: number;
    /** In pixels. */
    readonly longestSide?: number;
    readonly mimes?: readonly string[];
  };
  readonly gif?: { readonly bytes?: number } | null;
  readonly video?: {
    readonly bytes?: number /** In pixels, in either orientation. */;
    readonly largest?: { readonly long: number; readonly short: number };
  } | null;
  /** Maximum length of a description. */
  readonly descriptionCharacters?: number;
  /** By the ids of the manifest's options. */
  readonly options?: Readonly<Record<string, OwnOption>>;
}
interface OwnOption {
  readonly maxLength?: number;
  /** The values that the account may choose from. */
  readonly choices?: readonly string[];
  /** The account does not have this option. */
  readonly offered?: false;
}
