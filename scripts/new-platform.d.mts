export interface Chosen {
  readonly id: string;
  readonly name: string;
  readonly kind: 'api' | 'manual' | 'announced';
  readonly auth: 'oauth2' | 'fields' | 'none';
  readonly media: 'ahead' | 'with_post' | 'by_address' | 'none';
  readonly server: boolean;
  readonly capabilities: readonly string[];
  readonly order: number;
}
export function platformFiles(chosen: Chosen): Record<string, string>;
export function withSettings(example: string, chosen: Chosen): string;
export function nextSteps(chosen: Chosen): string[];
