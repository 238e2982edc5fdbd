import { Go, Layout, P, type TemplateContext } from './_layout';

export interface Props {
  url: string;
}
export const subject = (_: Props, { t }: TemplateContext['words']) => t('welcome.subject');
export const preview: Props = { url: 'https://tributary.example/onboarding' };

export default function Welcome({ url, words }: Props & TemplateContext) {
  const { t } = words;
  return (
    <Layout words={words} preview={t('welcome.preview')} heading={t('welcome.subject')}>
      <P>{t('welcome.steps')}</P>
      <P>{t('welcome.calm')}</P>
      <Go href={url}>{t('welcome.go')}</Go>
    </Layout>
  );
}
