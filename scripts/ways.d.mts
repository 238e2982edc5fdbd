export interface Step {
  file: string;
  name: string;
  link: { kind: string; [what: string]: string };
  from?: string;
  platform?: boolean;
}
export interface FollowUpMethod {
  name: string;
  title: string;
  most?: number;
  steps: Step[];
}
type Read = (file: string) => string | undefined;
export const MOST_RETURNS: number;
export const WAYS: FollowUpMethod[];
export function roomOf(file: string): string;
export function count(steps: readonly { file: string }[]): { rooms: string[]; returns: string[] };
export function toPlatform(way: FollowUpMethod): Step[];
export function summary(way: FollowUpMethod): string;
export function problems(ways: readonly FollowUpMethod[], read: Read): string[];
export function differences(ways: readonly FollowUpMethod[], text: string): string[];
export const readProject: Read;
