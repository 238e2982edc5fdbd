import { type Fact, fact, type InstantParam } from '@/server/foundation/facts';
import { Go, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  change: 'password_changed' | 'password_reset' | 'sessions_ended' | 'email_asked' | 'email_changed';
  /** Browser and operating system, as reported by the browser. */
  device: Fact;
  at: InstantParam;
  /** Page for setting a new password. */
  url: string;
}
export const subject = ({ change }: Props, { t }: TemplateContext['words']) =>
  t('securityNotice.subject', { change });
export const preview: Props = {
  change: 'password_changed',
  device: fact('accounts.devices.both', { browser: 'Firefox', system: 'Linux' }),
  at: { instant: '2026-03-02T10:00:00.000Z', zone: 'Europe/Berlin' },
  url: 'https://tributary.example/forgot',
};

export default function SecurityNotice({ change, device, at, url, words }: Props & TemplateContext) {
  const { t } = words;
  const where = { when: words.moment(at), device: words.say(device) };
  return (
    <Layout
      words={words}
      preview={t('securityNotice.preview', where)}
      heading={t('securityNotice.subject', { change })}
    >
      <P>{t('securityNotice.what', { change })}</P>
      <P>{t('securityNotice.from', where)}</P>
      <P>{t('securityNotice.advice')}</P>
      <Go href={url}>{t('securityNotice.go')}</Go>
      <Small>{t('securityNotice.note')}</Small>
    </Layout>
  );
}
