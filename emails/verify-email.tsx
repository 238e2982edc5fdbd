import { Go, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  url: string;
  hours: number;
}
export const subject = (_: Props, { t }: TemplateContext['words']) => t('verifyEmail.subject');
export const preview: Props = {
  url: 'https://tributary.example/verify?token=example',
  hours: 48,
};

export default function VerifyEmail({ url, hours, words }: Props & TemplateContext) {
  const { t } = words;
  return (
    <Layout words={words} preview={t('verifyEmail.preview')} heading={t('verifyEmail.subject')}>
      <P>{t('verifyEmail.why')}</P>
      <Go href={url}>{t('verifyEmail.go')}</Go>
      <Small>{t('verifyEmail.note', { hours })}</Small>
    </Layout>
  );
}
