import type { OptionField } from '@/server/connectors/kit/options';
import { type Declaring, declaredBy } from '../contracts/rules';
import { edgesOf } from './samples';

/** The parts of a manifest that decide which cases there are. */
export interface Complying extends Declaring {
  readonly options?: readonly OptionField[];
  readonly optionRules?: readonly { readonly field: string }[];
  readonly publishKey?: { readonly seconds: number };
}

/** Returns everything that a manifest declares, by the names under which cases exercise it. */
export function declarations(manifest: Complying): string[] {
  const { auth, post, options = [], optionRules = [], publishKey } = manifest;
  const does = (capability: string) => manifest.capabilities.some((one) => one === capability);
  const media = post?.media;
  return [
    ...new Set([
      ...declaredBy(manifest, []),
      ...(auth.kind === 'none' ? [] : ['refused sign-in']),
      ...options.flatMap(({ id, kind }) =>
        kind === 'switch' ? [`option ${id} = true`, `option ${id} = false`] : [],
      ),
      ...(post && does('publish') ? ['link', 'longest text', 'text over the limit'] : []),
      ...optionRules.map(({ field }, place) => `rule ${place + 1} of ${field}`),
      ...(publishKey ? ['publish key'] : []),
      ...(media?.document ? ['medium document'] : []),
      ...(media ? Object.keys(edgesOf(media)).map((name) => `limit: ${name}`) : []),
    ]),
  ];
}

/** Returns what is declared and was not exercised, each with its name. */
export const notExercised = (declared: readonly string[], exercised: ReadonlySet<string>): string[] =>
  declared.filter((one) => !exercised.has(one)).map((one) => `${one}: no case exercises it`);
