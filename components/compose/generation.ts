/** A text that is being written. */
export interface Writing {
  state: 'writing' | 'done' | 'failed';
  text: string;
  /** Who writes: its id, `offline` for templates without a language model, and how it is called. */
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
