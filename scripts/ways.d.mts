export interface Step {
  file: string;
  name: string;
  link: { kind: string; [what: string]: string };
  from?: string;
  platform?: boolean;
}
export interface Way {
  name: string;
  title: string;
  most?: number;
  steps: Step[];
}
type Read = (file: string) => string | undefined;
export const MOST_RETURNS: number;
export const WAYS: Way[];
export function roomOf(file: string): string;
export function count(steps: readonly { file: string }[]): { rooms: string[]; returns: string[] };
export function toPlatform(way: Way): Step[];
export function summary(way: Way): string;
export function problems(ways: readonly Way[], read: Read): string[];
export function differences(ways: readonly Way[], text: string): string[];
export const readProject: Read;
