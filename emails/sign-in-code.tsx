import { Text } from '@react-email/components';
import { A, Layout, P, Small } from './_layout';

export interface Props {
  /** The digits, in groups. */
  code: string;
  minutes: number;
  /** What the browser says of itself, in words of ours. */
  device: string;
  /** Where a new password is set. */
  url: string;
}
// Without the code: subjects are shown on locked screens and kept after the e-mail was sent.
export const subject = () => 'Your code to sign in';
export const preview: Props = {
  code: '4821 0937',
  minutes: 15,
  device: 'Firefox on Linux',
  url: 'https://tributary.example/forgot',
};

export default function SignInCode({ code, minutes, device, url }: Props) {
  return (
    <Layout preview="The code finishes your sign-in." heading="Your code to sign in">
      <P>
        Somebody signs in to your account with the right password ({device}). If it is you, enter this code
        there:
      </P>
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
      <Small>
        It works once, for {minutes} minutes, in the browser that asked for it. We ask for it because wrong
        passwords were tried for your account. We never ask for it in another way: tell it to nobody.
      </Small>
      <Small>
        If it is not you, somebody knows your password. <A href={url}>Set a new one</A>.
      </Small>
    </Layout>
  );
}
