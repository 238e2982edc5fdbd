/** A text that is being written. */
export interface Writing {
  state: 'writing' | 'done' | 'failed';
  text: string;
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

export const LOST: Refusal = {
  message: 'The connection broke while the texts were written. What you had is still here; try again.',
  code: 'unavailable',
  fields: {},
};
