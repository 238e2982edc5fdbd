import type { OptionField } from '@/server/connectors/kit/options';
import type { WebhookTerms } from '@/server/connectors/kit/webhooks';
import { type Declaring, declaredBy } from '../contracts/rules';
import { edgesOf } from './samples';

/** What every platform that sends webhooks is exercised with. */
export const WEBHOOK_CASES = ['set up', 'forged', 'repeated', 'reordered', 'crash', 'taken down'] as const;

/** The parts of a manifest that decide which cases there are. */
export interface Complying extends Declaring {
  readonly options?: readonly OptionField[];
  readonly optionRules?: readonly { readonly field: string }[];
  readonly publishKey?: { readonly seconds: number };
  readonly webhooks?: WebhookTerms;
}

/** Returns everything that a manifest declares, by the names under which cases exercise it. */
export function declarations(manifest: Complying): string[] {
  const { auth, post, options = [], optionRules = [], publishKey, webhooks } = manifest;
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
      ...(webhooks ? WEBHOOK_CASES.map((one) => `webhook: ${one}`) : []),
      ...(webhooks?.topics.map((topic) => `webhook about ${topic}`) ?? []),
      ...(media?.document ? ['medium document'] : []),
      ...(media ? Object.keys(edgesOf(media)).map((name) => `limit: ${name}`) : []),
    ]),
  ];
}

/** Returns what is declared and was not exercised, each with its name. */
export const notExercised = (declared: readonly string[], exercised: ReadonlySet<string>): string[] =>
  declared.filter((one) => !exercised.has(one)).map((one) => `${one}: no case exercises it`);
