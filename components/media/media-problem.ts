import { useLocale, useTranslations } from 'next-intl';
import { intlTag } from '@/i18n/locales';
import type { Fact, Param } from '@/server/foundation/facts';

const FACTS = 'media.';

/** Says what platforms take and what is wrong with pictures, GIFs and videos, as `acceptedMedia` and `mediaProblems` tell it, in the browser. */
export function useMediaProblem(): (problem: Fact) => string {
  const t = useTranslations('facts.media') as unknown as (
    name: string,
    values: Record<string, string | number>,
  ) => string;
  const locale = useLocale();
  const shown = (param: Param): string | number => {
    if (typeof param !== 'object') return param;
    if ('fact' in param || 'verbatim' in param) return say(param);
    if ('list' in param) {
      const items = param.list.map((one) => String(shown(one)));
      if (param.as === 'space') return items.join(' ');
      return new Intl.ListFormat(intlTag(locale), {
        type: param.as === 'or' ? 'disjunction' : 'conjunction',
      }).format(items);
    }
    throw new TypeError('A media problem may only have texts, numbers, lists and facts as parameters');
  };
  const say = (problem: Fact): string => {
    if ('verbatim' in problem) return problem.verbatim;
    const params = Object.entries(problem.params ?? {}).map(([name, param]) => [name, shown(param)] as const);
    return t(problem.fact.slice(FACTS.length), Object.fromEntries(params));
  };
  return say;
}
