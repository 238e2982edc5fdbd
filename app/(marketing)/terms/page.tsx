import { useTranslations } from 'next-intl';
import { Legal } from '../_pieces/legal';
import { described } from '../_pieces/metadata';

export const generateMetadata = described('terms');

export default function TermsPage() {
  const t = useTranslations('legal.terms');
  return (
    <Legal
      title={t('title')}
      intro={t('intro')}
      sections={[
        {
          title: t('service.title'),
          text: [t('service.does'), t('service.operator')],
        },
        {
          title: t('account.title'),
          text: [t('account.duties')],
        },
        {
          title: t('content.title'),
          text: [t('content.yours'), t('content.rules'), t('content.drafts')],
        },
        {
          title: t('payment.title'),
          text: [t('payment.renewal'), t('payment.failure')],
        },
        {
          title: t('liability.title'),
          text: [t('liability.platforms'), t('liability.warranty')],
        },
        {
          title: t('ending.title'),
          text: [t('ending.either')],
        },
      ]}
    />
  );
}
