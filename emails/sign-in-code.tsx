import { Text } from '@react-email/components';
import { type Fact, fact } from '@/server/foundation/facts';
import { A, Layout, P, Small, type TemplateContext } from './_layout';

export interface Props {
  /** The digits, grouped. */
  code: string;
  minutes: number;
  /** Browser and operating system, as reported by the browser. */
  device: Fact;
  /** Page for setting a new password. */
  url: string;
}
// Omits the code, because subjects are shown on lock screens.
export const subject = (_: Props, { t }: TemplateContext['words']) => t('signInCode.subject');
export const preview: Props = {
  code: '4821 0937',
  minutes: 15,
  device: fact('accounts.devices.both', { browser: 'Firefox', system: 'Linux' }),
  url: 'https://tributary.example/forgot',
};

export default function SignInCode({ code, minutes, device, url, words }: Props & TemplateContext) {
  const { t, say } = words;
  return (
    <Layout words={words} preview={t('signInCode.preview')} heading={t('signInCode.subject')}>
      <P>{t('signInCode.why', { device: say(device) })}</P>
      <Text
        style={{
          color: '#1b1f1e',
          fontFamily: 'ui-monospace, Menlo, Consolas, monospace',
          fontSize: 28,
          fontWeight: 600,
          letterSpacing: 2,
          margin: '16px 0',
        }}
      >
        {code}
      </Text>
      <Small>{t('signInCode.note', { minutes })}</Small>
      <Small>{t.rich('signInCode.notYou', { link: (words) => <A href={url}>{words}</A> })}</Small>
    </Layout>
  );
}
