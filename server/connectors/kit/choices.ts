/** A question for the choices of an option of kind `remote_choice`: the account's boards, channels, flairs and the like. */
export interface ChoicesInput {
  /** Id of the option in the face's `options`. */
  readonly field: string;
  /** What the user typed to narrow the list; empty for all. A platform without a search ignores it, and the caller filters. */
  readonly search: string;
  /** The last page's `nextCursor`; null for the first page. */
  readonly cursor: string | null;
}
export interface ChoicesOutput {
  /** `value` is sent with the post; `label` is the account's own name for it. */
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}
