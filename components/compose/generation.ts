/** A text that is being generated. */
export interface Writing {
  state: 'writing' | 'done' | 'failed';
  text: string;
  /** The id of the provider, `offline` for templates without a language model; `label` is its name. */
  provider: string | null;
  label: string | null;
  notices: string[];
  costMicros: number | null;
  error: string | null;
}
export interface Refusal {
  message: string;
  code: string;
  fields: Record<string, string>;
}
