export interface Step {
  file: string;
  name: string;
  link: { kind: string; [what: string]: string };
  from?: string;
  platform?: boolean;
}
export interface Flow {
  name: string;
  title: string;
  most?: number;
  steps: Step[];
}
type Read = (file: string) => string | undefined;
export const MAX_RETURNS: number;
export const FLOWS: Flow[];
export function folderOf(file: string): string;
export function count(steps: readonly { file: string }[]): { folders: string[]; returns: string[] };
export function toPlatform(flow: Flow): Step[];
export function summary(flow: Flow): string;
export function problems(flows: readonly Flow[], read: Read): string[];
export function differences(flows: readonly Flow[], text: string): string[];
export const readProject: Read;
