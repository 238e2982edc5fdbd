import { Go, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  url: string;
  hours: number;
}
export const subject = (_: Props, { t }: TemplateContext['words']) => t('confirmNewEmail.subject');
export const preview: Props = { url: 'https://tributary.example/verify?token=example', hours: 48 };

export default function ConfirmNewEmail({ url, hours, words }: Props & TemplateContext) {
  const { t } = words;
  return (
    <Layout words={words} preview={t('confirmNewEmail.preview')} heading={t('confirmNewEmail.subject')}>
      <P>{t('confirmNewEmail.why')}</P>
      <Go href={url}>{t('confirmNewEmail.go')}</Go>
      <Small>{t('confirmNewEmail.note', { hours })}</Small>
    </Layout>
  );
}
