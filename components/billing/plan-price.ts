import { intlTag } from '@/i18n/locales';
import { PLAN_TERMS, type Plan } from '@/server/domains/plans/plans';

/** What a plan costs a month, without decimals where it is whole: "$29". */
export const planPrice = (plan: Plan, locale: string): string =>
  new Intl.NumberFormat(intlTag(locale, 'money'), {
    style: 'currency',
    currency: 'USD',
    trailingZeroDisplay: 'stripIfInteger',
  }).format(PLAN_TERMS[plan].monthlyPrice / 100);
