import { useLocale, useTranslations } from 'next-intl';
import { planPrice } from '@/components/billing/plan-price';
import { intlTag } from '@/i18n/locales';
import { wordsIn } from '@/i18n/words';
import { canConnect, faces, isPlatformId } from '@/server/connectors/faces';
import {
  amountFact,
  LIMITS_SHOWN,
  type Limits,
  PLAN_TERMS,
  PLANS,
  type Plan,
} from '@/server/domains/plans/plans';
import { topicName } from '@/server/domains/topics/catalogue';

export interface ShownPlan {
  id: Plan;
  name: string;
  /** "$29". */
  price: string;
  audience: string;
  limits: { limit: keyof Limits; label: string; value: string }[];
  platforms: string;
  topics: string;
}

/** Platforms of a plan that this version can connect. */
function workingPlatforms(plan: Plan): string[] {
  return PLAN_TERMS[plan].platforms.flatMap((id) =>
    isPlatformId(id) && canConnect(id) ? [faces[id].name] : [],
  );
}

/** The plans as localized text, read from the table that enforces their limits. */
export function useShownPlans(): readonly ShownPlan[] {
  const t = useTranslations('marketing.plans');
  const locale = useLocale();
  const { say } = wordsIn(locale);
  const list = new Intl.ListFormat(intlTag(locale));
  return PLANS.map((id) => {
    const terms = PLAN_TERMS[id];
    return {
      id,
      name: terms.name,
      price: planPrice(id, locale),
      audience: t(`audience.${id}`),
      limits: LIMITS_SHOWN.map((limit) => {
        const value = terms.limits[limit];
        return {
          limit,
          label: t(`limits.${limit}`),
          value: value === null ? t('unlimited') : say(amountFact(limit, value)),
        };
      }),
      platforms: list.format(workingPlatforms(id)),
      topics: list.format(terms.topics.map((topic) => say(topicName(topic)))),
    };
  });
}
