import { useTranslations } from 'next-intl';
import { Legal } from '../_pieces/legal';
import { described } from '../_pieces/metadata';

export const generateMetadata = described('privacy');

export default function PrivacyPage() {
  const t = useTranslations('legal.privacy');
  return (
    <Legal
      title={t('title')}
      intro={t('intro')}
      sections={[
        {
          title: t('stored.title'),
          text: [t('stored.person'), t('stored.work'), t('stored.tokens')],
        },
        {
          title: t('purpose.title'),
          text: [t('purpose.purposes')],
        },
        {
          title: t('cookies.title'),
          text: [t('cookies.kept')],
        },
        {
          title: t('others.title'),
          text: [t('others.platforms'), t('others.alone')],
        },
        {
          title: t('choices.title'),
          text: [t('choices.choices')],
        },
      ]}
    />
  );
}
