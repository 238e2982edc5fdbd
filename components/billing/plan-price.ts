import { intlTag } from '@/i18n/locales';
import { PLAN_TERMS, type Plan } from '@/server/domains/plans/plans';

/** Returns the monthly price of a plan, without decimals if it is a whole number: "$29". */
export const planPrice = (plan: Plan, locale: string): string =>
  new Intl.NumberFormat(intlTag(locale, 'money'), {
    style: 'currency',
    currency: 'USD',
    trailingZeroDisplay: 'stripIfInteger',
  }).format(PLAN_TERMS[plan].monthlyPrice / 100);
