import { useLocale, useTranslations } from 'next-intl';
import { intlTag } from '@/components/ui/intl-tag';
import type { Fact, Param } from '@/server/foundation/facts';

const FACTS = 'connectors.media.';

/** Says what is wrong with pictures, GIFs and videos, as `mediaProblems` finds it. Of facts these alone have words in the browser. */
export function useMediaProblem(): (problem: Fact) => string {
  const t = useTranslations('media.problems') as unknown as (
    name: string,
    values: Record<string, string | number>,
  ) => string;
  const list = new Intl.ListFormat(intlTag(useLocale(), 'en-GB'));
  const shown = (param: Param): string | number => {
    if (typeof param !== 'object') return param;
    if ('fact' in param) return say(param);
    if ('list' in param) return list.format(param.list.map((one) => String(shown(one))));
    throw new TypeError('What is wrong with media is told in texts, numbers, lists and facts');
  };
  const say = ({ fact, params = {} }: Fact): string =>
    t(
      fact.slice(FACTS.length),
      Object.fromEntries(Object.entries(params).map(([name, param]) => [name, shown(param)])),
    );
  return say;
}
