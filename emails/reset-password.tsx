import { Go, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  url: string;
  minutes: number;
}
export const subject = (_: Props, { t }: TemplateContext['words']) => t('resetPassword.subject');
export const preview: Props = {
  url: 'https://tributary.example/reset?token=example',
  minutes: 60,
};

export default function ResetPassword({ url, minutes, words }: Props & TemplateContext) {
  const { t } = words;
  return (
    <Layout words={words} preview={t('resetPassword.preview')} heading={t('resetPassword.subject')}>
      <P>{t('resetPassword.why')}</P>
      <Go href={url}>{t('resetPassword.go')}</Go>
      <Small>{t('resetPassword.note', { minutes })}</Small>
    </Layout>
  );
}
