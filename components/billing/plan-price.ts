import { intlTag } from '@/i18n/locales';
import { PLAN_TERMS, type Plan } from '@/server/domains/plans/plans';
import { formatMoney, money } from '@/server/foundation/money';

/** Returns the monthly price of a plan, without decimals if it is a whole number: "$29". */
export const planPrice = (plan: Plan, locale: string): string =>
  formatMoney(money(PLAN_TERMS[plan].monthlyPrice, 'USD'), intlTag(locale, 'money'), {
    trailingZeros: 'strip',
  });
