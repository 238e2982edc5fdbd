import type { Money } from '@/server/foundation/money';
import { Go, Layout, P, type Told } from './_layout';

export interface Props {
  workspaceName: string;
  plan: string;
  amount: Money;
  url: string;
}
export const subject = ({ plan }: Props, { t }: Told['words']) => t('paymentFailed.subject', { plan });
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  plan: 'Pro',
  amount: { amount: 2900, currency: 'USD' },
  url: 'https://tributary.example/settings/billing',
};

export default function PaymentFailed({ words, ...p }: Props & Told) {
  const { t } = words;
  const amount = words.money(p.amount);
  return (
    <Layout
      words={words}
      preview={t('paymentFailed.preview', { amount })}
      heading={t('paymentFailed.heading')}
    >
      <P>{t('paymentFailed.what', { amount, plan: p.plan, workspace: p.workspaceName })}</P>
      <Go href={p.url}>{t('paymentFailed.go')}</Go>
    </Layout>
  );
}
